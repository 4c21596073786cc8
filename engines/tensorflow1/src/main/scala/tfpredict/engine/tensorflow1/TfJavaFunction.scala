package tfpredict.engine.tensorflow1

import scala.collection.JavaConverters._

import org.tensorflow.{Output, SavedModelBundle, Session, Tensor}

import tfpredict.engine.{EngineException, EngineFunction, Fault, RaggedRows}
import tfpredict.tensor.{HostTensor, Signature, TensorSpec}

/**
 * A signature's tensors in a graph, and its runs.
 *
 * @param outputs
 *   the tensors of each output: its values first, then its row splits if it is ragged
 * @param timeout
 *   maximum time of a run, in milliseconds
 * @param mayNotEnd
 *   whether a run may be endless, so that it must be cancellable
 */
final private[tensorflow1] class TfJavaFunction(
    bundle: SavedModelBundle,
    signature: Signature,
    feeds: Vector[Output[_]],
    outputs: Vector[Vector[Output[_]]],
    timeout: Long,
    mayNotEnd: Boolean
) extends EngineFunction {

  private val fetches = outputs.flatten

  private val options = TfJavaOptions.run(timeout)

  // The runtime feeds a tensor only once, and does not fetch a fed tensor.
  private val firstOf = feeds.map(feed => feeds.indexOf(feed))
  private val fedTo = fetches.map(fetch => feeds.indexOf(fetch))

  // If every output is an input, nothing runs, and there is nothing to cancel.
  private val isGuarded = mayNotEnd && fedTo.exists(_ < 0)

  // Added to the graph for the first task. A program without Spark never needs it.
  private lazy val guard = new RunGuard(
    bundle.graph,
    bundle.session,
    fetches.zip(fedTo).collect { case (fetch, input) if input < 0 => fetch }
  )

  override def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = answers(inputs, None)

  override def run(
      inputs: IndexedSeq[HostTensor],
      isCancelled: () => Boolean
  ): IndexedSeq[HostTensor] =
    if (isGuarded) guard.guarded(isCancelled)(answers(inputs, _)) else answers(inputs, None)

  private def answers(
      inputs: IndexedSeq[HostTensor],
      slot: Option[RunGuard#Slot]
  ): IndexedSeq[HostTensor] = {
    checkAliases(inputs)
    val found = fetched(inputs, slot).iterator
    val all = fedTo.map(input => if (input >= 0) inputs(input).copy() else found.next()).iterator
    outputs.zip(signature.outputs).map {
      case (Vector(_), _) => all.next()
      case (several, output) => ragged(output, Vector.fill(several.size)(all.next()))
    }
  }

  private def ragged(output: TensorSpec, tensors: Vector[HostTensor]): HostTensor =
    RaggedRows.of(tensors.head, tensors.tail).getOrElse(
      throw new EngineException(
        Fault.Model,
        s"an output ${output.name} whose splits do not fit its values"
      )
    )

  private def checkAliases(inputs: IndexedSeq[HostTensor]): Unit =
    for ((first, input) <- firstOf.zipWithIndex if first != input)
      if (!isSame(inputs(first), inputs(input))) {
        val names = Seq(first, input).map(signature.inputs(_).name).mkString(" and ")
        throw new EngineException(
          Fault.Row,
          s"different values for $names, which are the same tensor of the model: " +
            signature.inputs(first).tensor
        )
      }

  private def isSame(one: HostTensor, other: HostTensor): Boolean =
    one.shape.sameElements(other.shape) && one.hasSameElements(other)

  private def fetched(
      inputs: IndexedSeq[HostTensor],
      slot: Option[RunGuard#Slot]
  ): IndexedSeq[HostTensor] =
    if (fedTo.forall(_ >= 0)) Vector.empty
    else {
      val runner = bundle.session.runner().setOptions(options)
      for ((fetch, input) <- fetches.zip(fedTo) if input < 0) runner.fetch(fetch)
      // Filled one by one. If a later tensor fails, the earlier ones are still closed.
      var fed = List.empty[Tensor[_]]
      try {
        for (input <- inputs.indices if firstOf(input) == input) {
          fed = TfJavaTensors.toNative(inputs(input)) :: fed
          TfJavaEngine.live.increment()
          runner.feed(feeds(input), fed.head)
        }
        for (slot <- slot) {
          fed = slot.tensor() :: fed
          TfJavaEngine.live.increment()
          slot.add(runner, fed.head)
        }
        val results = ran(runner)
        TfJavaEngine.live.add(results.size.toLong)
        try results.map(TfJavaTensors.toHost)
        finally results.foreach(close)
      } finally fed.foreach(close)
    }

  private def ran(runner: Session#Runner): IndexedSeq[Tensor[_]] =
    try runner.run().asScala.toIndexedSeq
    catch { case failed: RuntimeException => throw TfJavaFailures.of(failed, timeout) }

  private def close(tensor: Tensor[_]): Unit = {
    tensor.close()
    TfJavaEngine.live.decrement()
  }
}
