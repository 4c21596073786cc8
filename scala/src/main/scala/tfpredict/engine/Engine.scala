package tfpredict.engine

import java.nio.file.Path

import tfpredict.tensor.{HostTensor, Signature}
import tfpredict.{ModelSpec, Settings}

/** What runs a graph. Nothing outside this package knows which one it is. */
private[tfpredict] trait Engine {

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
