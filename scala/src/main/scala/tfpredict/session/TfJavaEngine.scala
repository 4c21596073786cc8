package tfpredict.session

import java.nio.file.Path
import java.util.concurrent.atomic.LongAdder

import scala.collection.JavaConverters._

import org.tensorflow.{Output, SavedModelBundle, Session, Tensor}

import tfpredict.{
  HostFolder,
  HostTensor,
  ModelLoadException,
  ModelSpec,
  Settings,
  Signature,
  TensorSpec,
  Threads
}

/**
 * TensorFlow Java 1.15: the only place that imports the runtime. Native tensors are closed before a
 * call returns, whether it succeeds or not.
 */
private[tfpredict] object TfJavaEngine extends Engine {

  private[session] val live = new LongAdder

  /** Native tensors of this JVM that are not closed: those of batches that run now. */
  def liveTensors: Long = live.sum

  override def load(model: ModelSpec, directory: Path, settings: Settings): EngineSession = {
    NativeLibraries.load(HostFolder.place(settings))
    try
      new TfJavaSession(
        SavedModelBundle
          .loader(directory.toString)
          .withTags(model.tags.toSeq: _*)
          .withConfigProto(config(settings.threads))
          .load()
      )
    catch {
      case refused: RuntimeException =>
        throw new ModelLoadException(
          model.describe,
          "a model that TensorFlow 1.15 loads",
          s"its refusal: ${TfJavaFailures.words(refused)}",
          if (TfJavaFailures.isMemory(refused)) {
            "Give executors more spark.executor.memoryOverhead, or let a JVM keep fewer models."
          } else "Copy or export the model again.",
          refused
        )
    }
  }

  /* A ConfigProto, written here since protocol buffers have no place beside the runtime: fields 2
   * and 5 of tensorflow/core/protobuf/config.proto, intra_op_parallelism_threads and
   * inter_op_parallelism_threads. */
  private[tfpredict] def config(threads: Threads): Array[Byte] =
    field(2, threads.intra) ++ field(5, threads.inter)

  private def field(number: Int, value: Int): Array[Byte] = {
    def varint(rest: Int): List[Byte] =
      if (rest < 0x80) List(rest.toByte) else ((rest & 0x7f) | 0x80).toByte :: varint(rest >>> 7)
    ((number << 3).toByte :: varint(value)).toArray
  }
}

final private class TfJavaSession(bundle: SavedModelBundle) extends EngineSession {

  override def function(model: ModelSpec, signature: Signature): EngineFunction =
    new TfJavaFunction(
      bundle,
      signature,
      signature.inputs.map(output(model, _)),
      signature.outputs.map(output(model, _))
    )

  override def close(): Unit = bundle.close()

  private def output(model: ModelSpec, tensor: TensorSpec): Output[_] = {
    val TensorName = "(.+):([0-9]+)".r
    val found = tensor.tensor match {
      case TensorName(node, index) =>
        Option(
          bundle.graph.operation(node)
        ).filter(_.numOutputs > index.toInt).map(_.output(index.toInt))
      case _ => None
    }
    found.getOrElse(
      throw new ModelLoadException(
        model.describe,
        s"a tensor ${tensor.tensor} for ${tensor.name}",
        "none of that name in the graph",
        "The signature does not fit its graph; export the model again."
      )
    )
  }
}

final private class TfJavaFunction(
    bundle: SavedModelBundle,
    signature: Signature,
    feeds: Vector[Output[_]],
    fetches: Vector[Output[_]]
) extends EngineFunction {

  // The runtime feeds no tensor twice, and does not fetch one that is fed.
  private val firstOf = feeds.map(feed => feeds.indexOf(feed))
  private val fedTo = fetches.map(fetch => feeds.indexOf(fetch))

  override def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = {
    checkAliases(inputs)
    val found = fetched(inputs).iterator
    fedTo.map(input => if (input >= 0) inputs(input).copy() else found.next())
  }

  private def checkAliases(inputs: IndexedSeq[HostTensor]): Unit =
    for ((first, input) <- firstOf.zipWithIndex if first != input)
      if (!isSame(inputs(first), inputs(input))) {
        val names = Seq(first, input).map(signature.inputs(_).name).mkString(" and ")
        throw new EngineException(
          Fault.Row,
          s"different values for $names, which are one tensor of the model " +
            signature.inputs(first).tensor
        )
      }

  private def isSame(one: HostTensor, other: HostTensor): Boolean =
    one.shape.sameElements(other.shape) && one.hasSameElements(other)

  private def fetched(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] =
    if (fedTo.forall(_ >= 0)) Vector.empty
    else {
      val runner = bundle.session.runner()
      for ((fetch, input) <- fetches.zip(fedTo) if input < 0) runner.fetch(fetch)
      // Filled one by one, so that a tensor made before another fails is closed too.
      var fed = List.empty[Tensor[_]]
      try {
        for (input <- inputs.indices if firstOf(input) == input) {
          fed = TfJavaTensors.toNative(inputs(input)) :: fed
          TfJavaEngine.live.increment()
          runner.feed(feeds(input), fed.head)
        }
        val results = ran(runner)
        TfJavaEngine.live.add(results.size.toLong)
        try results.map(TfJavaTensors.toHost)
        finally results.foreach(close)
      } finally fed.foreach(close)
    }

  private def ran(runner: Session#Runner): IndexedSeq[Tensor[_]] =
    try runner.run().asScala.toIndexedSeq
    catch { case failed: RuntimeException => throw TfJavaFailures.of(failed) }

  private def close(tensor: Tensor[_]): Unit = {
    tensor.close()
    TfJavaEngine.live.decrement()
  }
}
