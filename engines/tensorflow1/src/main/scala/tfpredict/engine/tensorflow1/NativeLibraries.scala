package tfpredict.engine.tensorflow1

import java.io.IOException
import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.{CompletableFuture, Executor}

import org.tensorflow.TensorFlow

import tfpredict.ModelLoadException
import tfpredict.host.{HostFolder, Platform}

/**
 * Loads TensorFlow's native libraries, once for a JVM.
 *
 * TensorFlow's own loader would unpack them too, but for each JVM, leaves 190 MB in the temporary
 * folder when one is killed, and looks for a wrong file where the jar that holds it has a version
 * of its own in its manifest. Here they are loaded before TensorFlow looks, which then finds itself
 * loaded.
 */
private[tfpredict] object NativeLibraries {

  @volatile private var requested = false

  /* The JVM reports the cause of a failed native load only once, and throws a bare
   * `NoClassDefFoundError` ever after, so the first outcome is kept. */
  private var outcome: Option[Either[ModelLoadException, String]] = None

  /**
   * The runtime's version, for instance `1.15.0`.
   *
   * @param place
   *   where this host's folder is; only the first call's matters
   * @throws ModelLoadException
   *   why they cannot be loaded, which is the same for every later call
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
      // Link errors are no `NonFatal`, but they end no JVM either.
      case failed @ (_: LinkageError | _: IOException | _: RuntimeException |
          _: ReflectiveOperationException) =>
        Left(NativeFiles.explain(failed, Platform.here, place))
    }

  /* A killed task interrupts its thread, and files are closed by that in the middle. The others of
   * this JVM still want what it began. */
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
}
