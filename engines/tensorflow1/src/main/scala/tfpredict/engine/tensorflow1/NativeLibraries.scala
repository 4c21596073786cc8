package tfpredict.engine.tensorflow1

import java.io.IOException
import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.{CompletableFuture, Executor}

import org.tensorflow.TensorFlow

import tfpredict.ModelLoadException
import tfpredict.host.{HostFolder, Platform}

/**
 * Loads TensorFlow's native libraries once per JVM.
 *
 * TensorFlow's own loader unpacks them for each JVM. If a JVM is killed, 190 MB stay in the
 * temporary folder. The loader also looks for a wrong file if the jar's manifest has a version of
 * its own. So they are loaded here first. TensorFlow then finds that they are loaded.
 */
private[tfpredict] object NativeLibraries {

  @volatile private var requested = false

  // The JVM reports the cause of a failed native load only once. Later it throws a bare
  // `NoClassDefFoundError`. So the first outcome is kept.
  private var outcome: Option[Either[ModelLoadException, String]] = None

  /**
   * Loads the libraries, and returns the runtime's version, for instance `1.15.0`.
   *
   * @param place
   *   the parent of this host's folder; later calls ignore it
   * @throws ModelLoadException
   *   if they cannot be loaded; every later call throws the same
   */
  def load(place: Path = HostFolder.default): String = synchronized {
    requested = true
    val found = outcome.getOrElse(undisturbed(attempt(place)))
    outcome = Some(found)
    found.fold(first => throw again(first), identity)
  }

  /** Whether anything in this JVM has asked for the native libraries. */
  def isRequested: Boolean = requested

  private def attempt(place: Path): Either[ModelLoadException, String] =
    try {
      if (!isMapped) new NativeFiles(Platform.here, place).use(file => System.load(file.toString))
      else if (!isInitialized) throw NativeFiles.elsewhere()
      Right(TensorFlow.version())
    } catch {
      // `NonFatal` does not match link errors, but they do not end the JVM.
      case failed @ (_: LinkageError | _: IOException | _: RuntimeException |
          _: ReflectiveOperationException) =>
        Left(NativeFiles.explain(failed, Platform.here, place))
    }

  // Runs `body` in a thread of its own. A killed task interrupts its thread, and an interrupt
  // closes open files. Other tasks of this JVM still need the libraries.
  private def undisturbed[A](body: => A): A = {
    val aside = new Executor {
      override def execute(work: Runnable): Unit = new Thread(work, "tfpredict-natives").start()
    }
    CompletableFuture.supplyAsync[A](() => body, aside).join()
  }

  private def again(first: ModelLoadException): ModelLoadException =
    new ModelLoadException(
      first.error,
      first.model,
      first.expected,
      first.found,
      first.fix,
      first
    )

  // Whether the process has loaded TensorFlow. A second copy would register every op twice, and
  // TensorFlow would then end the process.
  private def isMapped: Boolean = {
    val maps = Paths.get("/proc/self/maps")
    Files.isReadable(maps) && {
      val lines = Files.lines(maps)
      try lines.anyMatch(line => line.contains("libtensorflow_framework"))
      finally lines.close()
    }
  }

  // Whether this class loader has initialized TensorFlow already. The check itself does not.
  private def isInitialized: Boolean = {
    // By reflection: newer Javas deprecate the method, and a later one may remove it.
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
}
