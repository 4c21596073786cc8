package tfpredict.model

import tfpredict.columns.TensorTypes
import tfpredict.engine.Engine
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.adapt.{Adapter, ModelVariables, PreparedGraph, Signatures}
import tfpredict.savedmodel.store.{Checksums, ModelStore}
import tfpredict.tensor.{DType, Signature, TensorSpec}
import tfpredict.{ModelSpec, Settings, SignatureException}

/**
 * The driver's view of a model that is not loaded: its spec, with version and fingerprint resolved,
 * and its signature.
 */
final private[tfpredict] case class ModelDescription(spec: ModelSpec, signature: Signature) {

  /**
   * Returns this description, if each row is one flat array of floats for both input and output.
   */
  def ofFloats: ModelDescription = {
    val tensors = signature.inputs ++ signature.outputs
    val isFloats = tensors.forall(tensor =>
      tensor.dtype == DType.Float32 && tensor.shape.inner.forall(_ >= 0)
    )
    if (signature.inputs.size != 1 || signature.outputs.size != 1 || !isFloats) {
      throw new SignatureException(
        ErrorClass.SignatureUnsupported,
        spec.label,
        "one float32 input and one float32 output of known shape, because a row is one array",
        tensors.map(_.label).mkString(", "),
        "Use SQL, where inputs are columns and outputs are fields, or choose one output."
      )
    }
    this
  }
}

private[tfpredict] object ModelDescription {
  import Engine.installed.catalog

  /**
   * Resolves a spec, and checks everything that can be checked before a job: the model is complete,
   * the runtime can run it, and its tensors map to columns. This is plain JVM code, without native
   * libraries.
   *
   * @throws tfpredict.TfpredictException
   *   if one of these checks fails
   */
  def of(spec: ModelSpec, settings: Settings = Settings.default): ModelDescription = {
    val resolved = ModelStore.resolve(spec, settings)
    ModelStore.describe(resolved, settings) { directory =>
      Checksums.check(resolved, directory)
      val graph = PreparedGraph.read(resolved, directory)
      val signature = Signatures.of(resolved, graph)
      checkColumns(resolved, signature)
      Adapter.adapt(resolved, graph, settings.allowedOps)
      new ModelVariables(graph, directory).check(resolved)
      ModelDescription(resolved, signature)
    }
  }

  /** Refuses a signature that cannot be called with columns. */
  def checkColumns(model: ModelSpec, signature: Signature): Unit = {
    if (signature.inputs.isEmpty || signature.outputs.isEmpty) {
      throw new SignatureException(
        ErrorClass.SignatureUnsupported,
        model.label,
        "a signature with inputs and outputs",
        s"inputs ${names(signature.inputs)} and outputs ${names(signature.outputs)}",
        "Export a function of at least one tensor."
      )
    }
    signature.inputs.foreach(TensorTypes.check(model, _))
    signature.outputs.foreach(TensorTypes.checkOutput(model, _, signature))
    if (signature.inputs.flatMap(_.shape.fixedBatch).distinct.size > 1) {
      throw new SignatureException(
        ErrorClass.SignatureUnsupported,
        model.label,
        "inputs with the same batch dimension",
        signature.inputs.map(_.label).mkString(", "),
        "Export a signature with an unknown batch dimension."
      )
    }
  }

  private def names(tensors: Vector[TensorSpec]): String =
    tensors.map(_.name).mkString("[", ", ", "]")
}
