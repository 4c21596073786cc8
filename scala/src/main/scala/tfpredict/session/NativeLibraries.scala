package tfpredict.session

import java.io.{FileNotFoundException, IOException}
import java.nio.file.{Files, Path, Paths}

import org.tensorflow.TensorFlow

import tfpredict.ModelLoadException

/**
 * Loads TensorFlow's native libraries, once for a JVM.
 *
 * TensorFlow's own loader would unpack them too, but leaves 190 MB in the temporary folder when a
 * JVM is killed, and looks for a wrong file where the jar that holds it has a version of its own in
 * its manifest. Here they are unpacked, loaded and removed again, all before TensorFlow looks,
 * which then finds itself loaded.
 */
private[tfpredict] object NativeLibraries {

  @volatile private var requested = false

  /* The JVM reports the cause of a failed native load only once and throws a bare
   * `NoClassDefFoundError` ever */
  // after, so the first outcome is kept, as a value: a lazy val that throws would be tried again.
  private lazy val outcome: Either[Throwable, String] =
    try {
      if (!isMapped) unpackAndLoad()
      else if (!isInitialized) throw new IllegalStateException(Elsewhere)
      Right(TensorFlow.version())
    } catch {
      // Link errors are no `NonFatal`, but they end no JVM either.
      case failed @ (_: LinkageError | _: IOException | _: RuntimeException |
          _: ReflectiveOperationException) => Left(failed)
    }

  /** The runtime's version, for instance `1.15.0`. */
  def load(): String = {
    requested = true
    outcome.fold(cause => throw failure(cause), identity)
  }

  /** Whether anything in this JVM has asked for the native libraries. */
  def isRequested: Boolean = requested

  private def unpackAndLoad(): Unit = {
    val folder = Files.createTempDirectory("tfpredict-native-")
    try {
      // In this order: the second is linked against the first, which it finds beside itself.
      val unpacked = files.map(unpack(_, folder))
      System.load(unpacked.last.toString)
    } finally {
      // What is mapped stays usable after its name is gone; only Windows holds on to the file.
      (files.map(folder.resolve) :+ folder).foreach { file =>
        try Files.deleteIfExists(file)
        catch { case _: IOException => file.toFile.deleteOnExit() }
      }
    }
  }

  // A second copy in one process registers everything twice, and TensorFlow ends the process.
  private def isMapped: Boolean = {
    val maps = Paths.get("/proc/self/maps")
    Files.isReadable(maps) && {
      val lines = Files.lines(maps)
      try lines.anyMatch(line => line.contains("libtensorflow_framework"))
      finally lines.close()
    }
  }

  // Whether somebody used TensorFlow through this class loader before; asked without causing it.
  private def isInitialized: Boolean = {
    // By reflection, since newer Javas deprecate the method and will one day lack it.
    val unsafe = Class.forName("sun.misc.Unsafe")
    val field = unsafe.getDeclaredField("theUnsafe")
    field.setAccessible(true)
    val tensorflow = Class.forName("org.tensorflow.TensorFlow", false, getClass.getClassLoader)
    unsafe.getMethod(
      "shouldBeInitialized",
      classOf[Class[_]]
    ).invoke(field.get(null), tensorflow) ==
      java.lang.Boolean.FALSE
  }

  private val Elsewhere =
    "TensorFlow is loaded already in this JVM, by another class loader; put the jar on the class " +
      "path once, with --jars when Spark starts"

  private def unpack(file: String, folder: Path): Path = {
    val resource = s"/org/tensorflow/native/$platform/$file"
    val stream = getClass.getResourceAsStream(resource)
    if (stream == null) throw new FileNotFoundException(s"the jar has no $resource")
    try Files.copy(stream, folder.resolve(file))
    finally stream.close()
    folder.resolve(file)
  }

  private lazy val os: String = {
    val name = System.getProperty("os.name").toLowerCase
    if (name.contains("mac")) "darwin" else if (name.contains("win")) "windows" else "linux"
  }

  private lazy val platform: String =
    s"$os-${if (System.getProperty("os.arch") == "amd64") "x86_64"
      else System.getProperty("os.arch")}"

  private lazy val files: Seq[String] = os match {
    case "linux" => Seq("libtensorflow_framework.so.1", "libtensorflow_jni.so")
    case "darwin" => Seq("libtensorflow_framework.1.dylib", "libtensorflow_jni.dylib")
    case _ => Seq("tensorflow_jni.dll")
  }

  private def failure(cause: Throwable): ModelLoadException =
    new ModelLoadException(
      "TensorFlow's native library",
      "a platform that the jar was built for (x86_64, glibc 2.17 or newer) and 190 MB in the temporary folder",
      s"$platform and ${System.getProperty("java.io.tmpdir")}, where loading failed: $cause",
      "Run on a supported platform, build the jar with -Dnatives=all, or free space there.",
      cause
    )
}
