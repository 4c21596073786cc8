package tfpredict.engine

import java.nio.file.Path
import java.util.ServiceLoader

import scala.collection.JavaConverters._

import tfpredict.messages.{ErrorClass, IllegalUse}
import tfpredict.tensor.{HostTensor, Signature}
import tfpredict.{ModelSpec, Settings}

/**
 * Runs graphs. The engine on the class path is found by its name in `META-INF/services`, and no
 * other code depends on a specific engine. It throws only the exceptions named here.
 */
private[tfpredict] trait Engine {

  /** The runtime's version, as three numbers. Known without its native code. */
  def version: String

  /** The ops and kernels that the runtime has. Known without its native code. */
  implicit def catalog: OpCatalog

  /**
   * Loads the native code. Otherwise the first model loads it.
   *
   * @param place
   *   the parent of this host's folder. Only the first call's value counts.
   * @throws tfpredict.ModelLoadException
   *   if the native code cannot be loaded. Every later call fails with the same reason.
   */
  def loadNatives(place: Path): Unit

  /** Whether the native code was ever requested in this JVM. */
  def wantsNatives: Boolean

  /** Native tensors of this JVM that are not closed, which belong to running batches. */
  def liveTensors: Long

  /**
   * Loads the SavedModel in a local folder and restores its variables. Reads nothing from the
   * folder after returning.
   *
   * @param settings
   *   the threads, the timeout of a run, and this host's folder for the runtime's own files
   * @param mayNotEnd
   *   whether the model has ops that can run for ever. Its runs must then be cancellable.
   * @throws tfpredict.ModelLoadException
   *   if the runtime cannot load the model
   */
  def load(
      model: ModelSpec,
      directory: Path,
      settings: Settings,
      mayNotEnd: Boolean
  ): EngineSession
}

/** A loaded model. Many threads may run it at once. Close it once, when none of them does. */
private[tfpredict] trait EngineSession extends AutoCloseable {

  /** Looks up a signature's tensors in the graph, so that a run looks up no names. */
  def function(model: ModelSpec, signature: Signature): EngineFunction
}

/** One signature of a loaded model. */
private[tfpredict] trait EngineFunction {

  /**
   * Runs the model on one batch. It only reads the inputs' buffers, and no result shares memory
   * with them.
   *
   * @param inputs
   *   a tensor for each input of the signature, in its order
   * @return
   *   a tensor for each output of the signature, in its order
   * @throws EngineException
   *   if the run fails
   */
  def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor]

  /**
   * Runs the model on one batch, with a way to cancel. A cancelled run of a model that may not end
   * stops within seconds. Other models run to their end.
   *
   * @param isCancelled
   *   whether to cancel the run. Another thread calls it twice a second.
   */
  def run(inputs: IndexedSeq[HostTensor], isCancelled: () => Boolean): IndexedSeq[HostTensor] =
    run(inputs)
}

private[tfpredict] object Engine {

  /** The engine of this JVM. */
  lazy val installed: Engine =
    // If the jar was added to a running JVM, other class loaders do not see it.
    only(ServiceLoader.load(classOf[Engine], classOf[Engine].getClassLoader).asScala.toList)

  private[engine] def only(found: Seq[Engine]): Engine =
    found match {
      case Seq(one) => one
      case none if none.isEmpty =>
        throw new IllegalUse(
          ErrorClass.EngineMissing,
          "one engine",
          "none",
          "Put the assembly jar of tfpredict on the class path."
        )
      case several =>
        val names = several.map(_.catalog.engine).mkString(", ")
        throw new IllegalUse(
          ErrorClass.EngineMissing,
          "one engine",
          names,
          "Leave the jar of one engine on the class path."
        )
    }
}
