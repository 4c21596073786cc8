package tfpredict.engine.tensorflow1

import java.io.IOException
import java.nio.file.{Files, Path}

import tfpredict.ModelLoadException
import tfpredict.host.{HostFolder, HostStore, Platform}
import tfpredict.messages.ErrorClass

/**
 * TensorFlow's native libraries as files of this host. They are unpacked from the jar once for all
 * JVMs of a user. Those JVMs then share the libraries' memory too.
 *
 * @param place
 *   the folder that contains the user's own folder
 */
final private[tensorflow1] class NativeFiles(platform: Platform, place: Path) {
  import NativeFiles._

  /** The folder with the unpacked libraries. */
  def folder: Path = parent.resolve(key)

  /**
   * Calls `body` with the library to load. The file stays there until `body` returns.
   *
   * @throws ModelLoadException
   *   if the jar has no library for this platform
   * @throws java.io.IOException
   *   if the libraries cannot be unpacked
   */
  def use[A](body: Path => A): A = {
    val sizes = files(platform.os).map(file => file -> size(file).getOrElse(lacking()))
    def isComplete(unpacked: Path): Boolean = sizes.forall {
      case (file, bytes) =>
        val found = unpacked.resolve(file)
        Files.isRegularFile(found) && Files.size(found) == bytes
    }
    def unpack(into: Path): Unit = sizes.foreach { case (file, _) => copy(file, into) }
    HostFolder.in(place)
    new HostStore(parent).use(key, isComplete)(unpack) { unpacked =>
      body(unpacked.resolve(sizes.last._1))
    }
  }

  private def parent: Path = HostFolder.path(place).resolve("natives")

  private def key: String = s"${BuildInfo.tensorflowVersion}-${platform.name}"

  private def copy(file: String, into: Path): Unit = {
    val stream = getClass.getResourceAsStream(resource(platform.name, file))
    try { Files.copy(stream, into.resolve(file)); () }
    finally stream.close()
  }

  // The size in the jar's directory. Nothing is decompressed.
  private def size(file: String): Option[Long] =
    Option(getClass.getResource(resource(platform.name, file))).map { found =>
      val connection = found.openConnection()
      // With caches, the jar would stay open in a cache that the complete JVM shares.
      connection.setUseCaches(false)
      val stream = connection.getInputStream
      try connection.getContentLengthLong
      finally stream.close()
    }

  private def lacking(): Nothing = {
    val carried = Platforms.filter { name =>
      files(name.takeWhile(_ != '-')).forall(file =>
        getClass.getResource(resource(name, file)) != null
      )
    }
    throw new ModelLoadException(
      ErrorClass.Platform,
      "",
      s"a platform whose native library is in this jar: ${carried.mkString(", ")}",
      platform.name,
      if (Platforms.contains(platform.name)) "Build the jar with -Dnatives=all."
      else "Run the executors on x86_64: TensorFlow 1.15 runs on no other processor."
    )
  }
}

private[tensorflow1] object NativeFiles {

  private val Platforms = Seq("linux-x86_64", "darwin-x86_64", "windows-x86_64")

  private def resource(platform: String, file: String): String =
    s"/org/tensorflow/native/$platform/$file"

  // The order matters: the second library links to the first, in the same folder.
  private def files(os: String): Seq[String] = os match {
    case "linux" => Seq("libtensorflow_framework.so.1", "libtensorflow_jni.so")
    case "darwin" => Seq("libtensorflow_framework.1.dylib", "libtensorflow_jni.dylib")
    case _ => Seq("tensorflow_jni.dll")
  }

  /** The exception for a failed load, with its cause in one sentence. */
  def explain(cause: Throwable, platform: Platform, place: Path): ModelLoadException =
    cause match {
      case explained: ModelLoadException => explained
      case _: IOException =>
        new ModelLoadException(
          ErrorClass.NativeLibrary,
          "",
          s"a folder below $place that only this user can write, with room for the library",
          s"$cause${free(place)}",
          "Free 190 MB there, or set spark.tfpredict.disk.path to another local folder. Then restart the executors.",
          cause
        )
      case _: UnsatisfiedLinkError if has(cause, "already loaded in another classloader") =>
        elsewhere(cause)
      case _: UnsatisfiedLinkError if platform.lacksGlibc || has(cause, "GLIBC_") =>
        new ModelLoadException(
          ErrorClass.Platform,
          "",
          "glibc 2.17 or newer",
          s"${if (platform.libc.isEmpty) "another C library" else platform.libc}: ${cause.getMessage}",
          "Run the executors on a Linux with glibc, such as Debian, Ubuntu or Red Hat, and not Alpine.",
          cause
        )
      case _: UnsatisfiedLinkError if has(cause, "failed to map segment") =>
        new ModelLoadException(
          ErrorClass.NativeLibrary,
          "",
          s"a folder below $place from which code may run",
          s"a disk that is mounted noexec: ${cause.getMessage}",
          "Set spark.tfpredict.disk.path to another local folder. Then restart the executors.",
          cause
        )
      case _ =>
        new ModelLoadException(
          ErrorClass.NativeLibrary,
          "",
          s"a library that loads on ${platform.name}, from a folder below $place",
          cause.toString,
          "Run tfpredict doctor. Remove that folder if its files are damaged.",
          cause
        )
    }

  /** A second copy of TensorFlow would end the process. */
  def elsewhere(cause: Throwable = null): ModelLoadException =
    new ModelLoadException(
      ErrorClass.NativeLibrary,
      "",
      "one class loader of the JVM that loads TensorFlow",
      "TensorFlow, already loaded in this JVM by another class loader",
      "Put the jar on the class path once, with --jars when Spark starts.",
      cause
    )

  private def has(cause: Throwable, words: String): Boolean =
    Option(cause.getMessage).exists(_.contains(words))

  private def free(place: Path): String = {
    val bytes = place.toFile.getUsableSpace
    if (bytes == 0) "" else s"; ${bytes >> 20} MB are free there"
  }
}
