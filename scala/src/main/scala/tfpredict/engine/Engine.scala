package tfpredict.engine

import java.nio.file.Path
import java.util.ServiceLoader

import scala.collection.JavaConverters._

import tfpredict.messages.{ErrorClass, IllegalUse}
import tfpredict.tensor.{HostTensor, Signature}
import tfpredict.{ModelSpec, Settings}

/**
 * What runs a graph. The one that is in the class path is found by its name in `META-INF/services`;
 * nothing else knows which one it is, and none of its exceptions leave it but those named here.
 */
private[tfpredict] trait Engine {

  /** The version of the runtime, three numbers. Known without its native code. */
  def version: String

  /** What it can run. Known without its native code. */
  implicit def catalog: OpCatalog

  /**
   * Loads the native code, which is otherwise loaded with the first model.
   *
   * @param place
   *   where this host's folder is; only the first call's matters
   * @throws tfpredict.ModelLoadException
   *   why it cannot be loaded, which is the same for every later call
   */
  def loadNatives(place: Path): Unit

  /** Whether anything in this JVM has asked for the native code. */
  def wantsNatives: Boolean

  /** Native tensors of this JVM that are not closed: those of batches that run now. */
  def liveTensors: Long

  /**
   * Loads the SavedModel in a local folder and restores its variables. Nothing in the folder is
   * read after this returns.
   *
   * @param settings
   *   its threads, the time of a run, and the folder of this host where the runtime's own files are
   *   kept
   * @param mayNotEnd
   *   whether the model has ops that can run for ever, so that its runs should be ones that can be
   *   cancelled
   * @throws tfpredict.ModelLoadException
   *   with the runtime's reason
   */
  def load(
      model: ModelSpec,
      directory: Path,
      settings: Settings,
      mayNotEnd: Boolean
  ): EngineSession
}

/** A loaded model. Many threads may run it at once; it is closed once, when none does. */
private[tfpredict] trait EngineSession extends AutoCloseable {

  /** Finds a signature's tensors in the graph, once, so that a run looks up no names. */
  def function(model: ModelSpec, signature: Signature): EngineFunction
}

/** One signature of a loaded model. */
private[tfpredict] trait EngineFunction {

  /**
   * Runs the model on one batch: a tensor for each input of the signature, in its order, gives one
   * for each output. The inputs' buffers are only read, and no result is over one of them.
   *
   * @throws EngineException
   *   if there are no results
   */
  def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor]

  /**
   * The same for whoever may not want the results any more. Where the model may not end, the run is
   * then ended within seconds; others end by themselves.
   *
   * @param isCancelled
   *   asked by another thread, twice a second
   */
  def run(inputs: IndexedSeq[HostTensor], isCancelled: () => Boolean): IndexedSeq[HostTensor] =
    run(inputs)
}

private[tfpredict] object Engine {

  /** This JVM's. */
  lazy val installed: Engine =
    // Where the jar was added to a running JVM, other class loaders do not see it.
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
