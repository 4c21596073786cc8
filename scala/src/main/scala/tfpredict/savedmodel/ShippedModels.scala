package tfpredict.savedmodel

import java.nio.file.{Files, Path, Paths}

import org.apache.spark.{SparkContext, SparkEnv, SparkFiles}

import tfpredict.{HostFolder, ModelSpec}

/**
 * Models that only the driver's disk has, on their way to the executors as files of Spark's own
 * distribution.
 */
private[tfpredict] object ShippedModels {

  /**
   * Gives a model to Spark, once, if it is on the local disk and executors are elsewhere. A model
   * on another file system is brought from there.
   */
  def ship(sc: SparkContext, resolved: ModelSpec): Unit = {
    val directory = Paths.get(resolved.path)
    val isLocal = directory.isAbsolute
    val name = archiveName(resolved)
    if (isLocal && !sc.isLocal && !sc.listFiles().exists(_.endsWith(s"/$name"))) {
      val folder = Files.createTempDirectory(HostFolder.in(HostFolder.default), "shipped-")
      val archive = folder.resolve(name)
      // Spark serves it from there for as long as it runs; what is named last is deleted first.
      folder.toFile.deleteOnExit()
      archive.toFile.deleteOnExit()
      ModelArchive.pack(ModelStore.versionOf(ModelFolder.local(directory), resolved), archive)
      sc.addFile(archive.toUri.toString)
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
