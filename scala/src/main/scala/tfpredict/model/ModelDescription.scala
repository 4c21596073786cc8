package tfpredict.model

import tfpredict.columns.TensorTypes
import tfpredict.savedmodel.{Adapter, ModelStore, SavedModelReader}
import tfpredict.{ModelSpec, Signature, SignatureException, TensorSpec}

/**
 * What the driver knows of a model without loading it: the spec with its version and fingerprint
 * decided, and the signature.
 */
final private[tfpredict] case class ModelDescription(spec: ModelSpec, signature: Signature) {

  /** This, where a row is one array and so the signature must have one input. */
  def withOneInput: ModelDescription = {
    if (signature.inputs.size != 1) {
      throw new SignatureException(
        spec.describe,
        "a signature with one input, since a row is one array",
        signature.inputs.map(_.name).mkString(", "),
        "Use SQL, where each input is a column."
      )
    }
    this
  }
}

private[tfpredict] object ModelDescription {

  /**
   * Decides which model is meant and checks, in plain JVM code, all that can be known before a job:
   * that it is whole, that the runtime can run it, and that its tensors map to columns.
   *
   * @throws tfpredict.TfpredictException
   *   saying which of these does not hold
   */
  def of(spec: ModelSpec): ModelDescription = {
    val resolved = ModelStore.resolve(spec)
    val graph = SavedModelReader.read(resolved, ModelStore.folder(resolved))
    val signature = SavedModelReader.signature(resolved, graph)
    signature.inputs.foreach(TensorTypes.innerShape(resolved, _))
    signature.outputs.foreach(TensorTypes.innerShape(resolved, _))
    if (signature.inputs.isEmpty || signature.outputs.size != 1) {
      throw new SignatureException(
        resolved.describe,
        "a signature with inputs and one output",
        s"inputs ${names(signature.inputs)} and outputs ${names(signature.outputs)}",
        "Export a signature of that form."
      )
    }
    Adapter.adapt(resolved, graph)
    ModelDescription(resolved, signature)
  }

  private def names(tensors: Vector[TensorSpec]): String =
    tensors.map(_.name).mkString("[", ", ", "]")
}
