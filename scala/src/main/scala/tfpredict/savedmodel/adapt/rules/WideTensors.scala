package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, MetaGraphDef, SignatureDef, TensorInfo}

import tfpredict.engine.OpCatalog

/**
 * Gives inputs and outputs of signatures dtypes that columns support, if the model's own are
 * smaller or unsigned. The model is unchanged inside: there is a cast after each fed tensor, and
 * one before each fetched tensor. The wider dtype can represent every value of the other, except
 * the upper half of uint64. A value that the model's dtype cannot represent is an error.
 */
private[savedmodel] object WideTensors {

  /** The dtype that replaces each one at a signature's boundary. */
  val wider: Map[DataType, DataType] = Map(
    DT_INT8 -> DT_INT32,
    DT_INT16 -> DT_INT32,
    DT_UINT16 -> DT_INT32,
    DT_UINT32 -> DT_INT64,
    DT_UINT64 -> DT_INT64,
    DT_HALF -> DT_FLOAT,
    DT_BFLOAT16 -> DT_FLOAT
  )

  /**
   * @param signatures
   *   the signatures that a user can run
   */
  def of(graph: MetaGraphDef, signatures: Set[String])(implicit
      catalog: OpCatalog
  ): MetaGraphDef = {
    val chosen = graph.getSignatureDefMap.asScala.filterKeys(signatures).toMap
    val inputs = chosen.values.flatMap(_.getInputsMap.asScala).filter(tensor => isNarrow(tensor._2))
    val outputs = chosen.values.flatMap(_.getOutputsMap.asScala).filter(out => isNarrow(out._2))
    if (inputs.isEmpty && outputs.isEmpty) graph
    else new WideTensors(graph, chosen, inputs.toSeq, outputs.toSeq).graph
  }

  private def isNarrow(info: TensorInfo): Boolean =
    info.getEncodingCase == TensorInfo.EncodingCase.NAME && wider.contains(info.getDtype)
}

/** The same for one graph and its signatures. */
final private class WideTensors(
    from: MetaGraphDef,
    signatures: Map[String, SignatureDef],
    inputs: Seq[(String, TensorInfo)],
    outputs: Seq[(String, TensorInfo)]
)(implicit catalog: OpCatalog) {
  import WideTensors.{isNarrow, wider}

  private val scope = Scope.of(from.getGraphDef)

  private val fed: Map[String, FedTensor] = inputs
    .groupBy { case (_, info) => FedTensor.reference(info.getName) }
    .flatMap { case (tensor, uses) =>
      val (name, info) = uses.minBy(_._1)
      scope.node(tensor).map(node => tensor -> new NarrowInput(node, tensor, name, info, scope))
    }

  private val fetched: Map[(String, DataType), WideOutput] = {
    for {
      signature <- signatures.values
      (name, info) <- signature.getOutputsMap.asScala if isNarrow(info) && isHere(info)
      tensor = taken(signature, info)
    } yield (tensor, info.getDtype) -> new WideOutput(tensor, name, info.getDtype, scope)
  }.toMap

  // A missing tensor is reported later, when the signature is checked.
  private def isHere(info: TensorInfo): Boolean =
    scope.node(FedTensor.reference(info.getName)).isDefined

  // If a tensor is fed and fetched, the fetched value is the one that the model sees.
  private def taken(signature: SignatureDef, info: TensorInfo): String = {
    val tensor = FedTensor.reference(info.getName)
    val isFed = signature.getInputsMap.values.asScala.exists { input =>
      FedTensor.reference(input.getName) == tensor
    }
    if (isFed) fed.get(tensor).fold(tensor)(_.stated) else tensor
  }

  def graph: MetaGraphDef = {
    val builder = FedTensor.put(from, fed).toBuilder
    builder.getGraphDefBuilder.addAllNode(fetched.values.flatMap(_.nodes).asJava)
    for ((name, signature) <- signatures) builder.putSignatureDef(name, widened(signature))
    builder.build()
  }

  private def widened(signature: SignatureDef): SignatureDef = {
    val builder = signature.toBuilder
    for {
      (name, info) <- signature.getInputsMap.asScala if isNarrow(info)
      input <- fed.get(FedTensor.reference(info.getName))
    } builder.putInputs(name, wide(info, input.placeholder))
    for {
      (name, info) <- signature.getOutputsMap.asScala if isNarrow(info)
      output <- fetched.get((taken(signature, info), info.getDtype))
    } builder.putOutputs(name, wide(info, output.name))
    builder.build()
  }

  private def wide(info: TensorInfo, node: String): TensorInfo =
    info.toBuilder.setName(s"$node:0").setDtype(wider(info.getDtype)).build()
}
