package tfpredict.savedmodel.store

import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.ConcurrentHashMap

import org.apache.spark.{SparkContext, SparkEnv, SparkFiles}

import tfpredict.ModelSpec
import tfpredict.host.{HostFolder, ProcessFolders}

/** Ships models that only the driver's disk has, through Spark's own file distribution. */
private[tfpredict] object ShippedModels {

  // This JVM's archives, by name. An entry's lock ensures that each archive is written once.
  private val archives = new ConcurrentHashMap[String, Archive]

  /**
   * Adds a model to Spark's files, once, if it is on the local disk and executors are on other
   * hosts. Executors fetch a remote model themselves.
   */
  def ship(sc: SparkContext, resolved: ModelSpec): Unit = {
    val directory = Paths.get(resolved.path)
    if (directory.isAbsolute && !sc.isLocal) {
      val archive =
        archives.computeIfAbsent(archiveName(resolved), name => new Archive(name))
      // Spark rejects a second path of the same name. So concurrent calls wait for the first.
      archive.synchronized {
        if (!sc.listFiles().exists(_.endsWith(s"/${archive.name}"))) {
          val folder = ModelStore.versionOf(ModelFolder.local(directory), resolved)
          sc.addFile(archive.of(folder).toUri.toString)
        }
      }
    }
  }

  /** A model's archive. It stays in its first place, since Spark serves it from there. */
  private class Archive(val name: String) {
    private var made = Option.empty[Path]

    def of(folder: ModelFolder): Path = made.filter(Files.isRegularFile(_)).getOrElse {
      val place = ProcessFolders.in(HostFolder.default).make("shipped")
      val archive = place.resolve(name)
      // Kept while this JVM runs. Java deletes in reverse order, so the folder is named first.
      place.toFile.deleteOnExit()
      archive.toFile.deleteOnExit()
      try ModelArchive.pack(folder, archive)
      catch {
        case failed: Throwable =>
          HostFolder.delete(place)
          throw failed
      }
      made = Some(archive)
      archive
    }
  }

  /** The archive on this executor, if the driver added it to Spark's files. */
  def archive(resolved: ModelSpec): Option[Path] =
    Option(SparkEnv.get)
      .map(_ => Paths.get(SparkFiles.get(archiveName(resolved))))
      .filter(Files.isRegularFile(_))

  private def archiveName(resolved: ModelSpec): String =
    s"tfpredict-${resolved.fingerprint.getOrElse("none")}.zip"
}
