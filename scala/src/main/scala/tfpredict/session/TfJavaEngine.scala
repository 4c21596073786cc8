package tfpredict.session

import java.nio.file.Path
import java.util.concurrent.atomic.LongAdder

import scala.collection.JavaConverters._

import org.tensorflow.{Output, SavedModelBundle, Tensor, TensorFlowException}

import tfpredict.{
  HostFolder,
  HostTensor,
  ModelLoadException,
  ModelSpec,
  Settings,
  Signature,
  TensorShape,
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
      case refused @ (_: TensorFlowException | _: IllegalArgumentException) =>
        throw new ModelLoadException(
          model.describe,
          "a model that TensorFlow 1.15 loads",
          s"its refusal: ${refused.getMessage}",
          "Copy or export the model again.",
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
      model,
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
    model: ModelSpec,
    bundle: SavedModelBundle,
    signature: Signature,
    feeds: Vector[Output[_]],
    fetches: Vector[Output[_]]
) extends EngineFunction {

  override def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = {
    val runner = bundle.session.runner()
    fetches.foreach(fetch => runner.fetch(fetch))
    // Filled one by one, so that a tensor made before another fails is closed too.
    var fed = List.empty[Tensor[_]]
    try {
      for ((feed, input) <- feeds.zip(inputs)) {
        fed = TfJavaTensors.toNative(input) :: fed
        TfJavaEngine.live.increment()
        runner.feed(feed, fed.head)
      }
      val fetched = runner.run().asScala
      TfJavaEngine.live.add(fetched.size.toLong)
      try fetched.map(TfJavaTensors.toHost).toIndexedSeq
      finally fetched.foreach(close)
    } catch {
      case full: TensorFlowException if isOutOfRoom(full) =>
        val shapes = inputs.map(input => TensorShape.show(input.shape)).mkString(", ")
        throw new OutOfRoom(
          s"${model.describe}: expected memory for a batch of $shapes, found ${full.getMessage}. " +
            "Give executors more spark.executor.memoryOverhead, or batches fewer rows.",
          full
        )
      case refused @ (_: TensorFlowException | _: IllegalArgumentException | _: IllegalStateException) =>
        throw new ModelLoadException(
          model.describe,
          s"signature ${signature.name} to run on ${inputs.map(in => TensorShape.show(in.shape)).mkString(", ")}",
          s"TensorFlow's refusal: ${refused.getMessage}",
          "See that the model answers the same input in Python.",
          refused
        )
    } finally fed.foreach(close)
  }

  // The C API's code for it does not reach Java; its words do.
  private def isOutOfRoom(failed: TensorFlowException): Boolean =
    Option(failed.getMessage).exists(_.contains("OOM when allocating"))

  private def close(tensor: Tensor[_]): Unit = {
    tensor.close()
    TfJavaEngine.live.decrement()
  }
}
