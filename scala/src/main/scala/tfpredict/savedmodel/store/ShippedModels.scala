package tfpredict.savedmodel.store

import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.ConcurrentHashMap

import org.apache.spark.{SparkContext, SparkEnv, SparkFiles}

import tfpredict.ModelSpec
import tfpredict.host.{HostFolder, ProcessFolders}

/**
 * Models that only the driver's disk has, on their way to the executors as files of Spark's own
 * distribution.
 */
private[tfpredict] object ShippedModels {

  // This JVM's archives, by their names. An entry's lock makes its archive one, however many ask.
  private val archives = new ConcurrentHashMap[String, Archive]

  /**
   * Gives a model to Spark, once, if it is on the local disk and executors are elsewhere. A model
   * on another file system is brought from there.
   */
  def ship(sc: SparkContext, resolved: ModelSpec): Unit = {
    val directory = Paths.get(resolved.path)
    if (directory.isAbsolute && !sc.isLocal) {
      val archive =
        archives.computeIfAbsent(archiveName(resolved), name => new Archive(name))
      // Spark takes a name once, and refuses it for another path: whoever comes second waits.
      archive.synchronized {
        if (!sc.listFiles().exists(_.endsWith(s"/${archive.name}"))) {
          val folder = ModelStore.versionOf(ModelFolder.local(directory), resolved)
          sc.addFile(archive.of(folder).toUri.toString)
        }
      }
    }
  }

  /** A model's file, which stays where it was first made: Spark serves it from there. */
  private class Archive(val name: String) {
    private var made = Option.empty[Path]

    def of(folder: ModelFolder): Path = made.filter(Files.isRegularFile(_)).getOrElse {
      val place = ProcessFolders.in(HostFolder.default).make("shipped")
      val archive = place.resolve(name)
      // For as long as this JVM runs; what is named last is deleted first.
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

  /** The file on this executor, if the driver gave it to Spark. */
  def archive(resolved: ModelSpec): Option[Path] =
    Option(SparkEnv.get)
      .map(_ => Paths.get(SparkFiles.get(archiveName(resolved))))
      .filter(Files.isRegularFile(_))

  private def archiveName(resolved: ModelSpec): String =
    s"tfpredict-${resolved.fingerprint.getOrElse("none")}.zip"
}
