package tfpredict.engine.tensorflow1

import java.nio.file.Path
import java.util.concurrent.atomic.LongAdder

import org.tensorflow.{Output, SavedModelBundle}

import tfpredict.engine.{Engine, EngineFunction, EngineSession, OpCatalog}
import tfpredict.host.HostFolder
import tfpredict.messages.ErrorClass
import tfpredict.tensor.{Signature, TensorSpec}
import tfpredict.{ModelLoadException, ModelSpec, Settings}

/**
 * TensorFlow Java 1.15. Every call closes its native tensors before it returns, and also if it
 * throws.
 */
final private[tfpredict] class TfJavaEngine extends Engine {

  override def version: String = BuildInfo.tensorflowVersion

  implicit override def catalog: OpCatalog = TfJavaCatalog.get

  override def loadNatives(place: Path): Unit = {
    NativeLibraries.load(place)
    ()
  }

  override def wantsNatives: Boolean = NativeLibraries.isRequested

  override def liveTensors: Long = TfJavaEngine.live.sum

  override def load(
      model: ModelSpec,
      directory: Path,
      settings: Settings,
      mayNotEnd: Boolean
  ): EngineSession = {
    NativeLibraries.load(HostFolder.place(settings))
    try
      new TfJavaSession(
        SavedModelBundle
          .loader(directory.toString)
          .withTags(model.tags.toSeq: _*)
          .withConfigProto(TfJavaOptions.session(settings.threads, mayNotEnd))
          .withRunOptions(TfJavaOptions.run(settings.runTimeout))
          .load(),
        settings.runTimeout,
        mayNotEnd
      )
    catch {
      case refused: RuntimeException =>
        throw new ModelLoadException(
          if (TfJavaFailures.isMemory(refused)) ErrorClass.OutOfMemory
          else if (TfJavaFailures.isTime(refused)) ErrorClass.RunTimeout
          else ErrorClass.LoadRefused,
          model.label,
          s"a model that ${catalog.engine} loads",
          s"TensorFlow's error: ${TfJavaFailures.words(refused)}",
          if (TfJavaFailures.isMemory(refused)) {
            "Give executors more spark.executor.memoryOverhead, or set " +
              s"${Settings.MemoryModels.name} to fewer models."
          } else if (TfJavaFailures.isTime(refused)) {
            "If an initializer of the model never ends, fix the model. Otherwise set " +
              s"${Settings.RunTimeout.name} to more time than ${settings.runTimeout} ms."
          } else "Copy or export the model again.",
          refused
        )
    }
  }
}

private object TfJavaEngine {
  val live = new LongAdder
}

/**
 * @param timeout
 *   maximum time of a run, in milliseconds
 */
final private class TfJavaSession(bundle: SavedModelBundle, timeout: Long, mayNotEnd: Boolean)
    extends EngineSession {

  override def function(model: ModelSpec, signature: Signature): EngineFunction =
    new TfJavaFunction(
      bundle,
      signature,
      signature.inputs.map(input => output(model, input.name, input.tensor)),
      signature.outputs.map(fetched(model, _)),
      timeout,
      mayNotEnd
    )

  override def close(): Unit = bundle.close()

  private def fetched(model: ModelSpec, tensor: TensorSpec): Vector[Output[_]] =
    (tensor.tensor +: tensor.splits).map(output(model, tensor.name, _))

  private def output(model: ModelSpec, name: String, tensor: String): Output[_] = {
    val TensorName = "(.+):([0-9]+)".r
    val found = tensor match {
      case TensorName(node, index) =>
        Option(
          bundle.graph.operation(node)
        ).filter(_.numOutputs > index.toInt).map(_.output(index.toInt))
      case _ => None
    }
    found.getOrElse(
      throw new ModelLoadException(
        ErrorClass.ModelDamaged,
        model.label,
        s"a tensor $tensor for $name",
        "none of that name in the graph",
        "Export the model again: its signature does not fit its graph."
      )
    )
  }
}
