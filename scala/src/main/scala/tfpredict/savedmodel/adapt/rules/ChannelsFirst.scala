package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, numbers, word}

/**
 * Ops on tensors with channels first, which the CPU has no kernels for. They become ops with
 * channels last, between transposes. Weights have the same layout in both. Source:
 * `tensor_format.h`, and the definitions of the ops in `nn_ops.cc` and `array_ops.cc`.
 */
private[savedmodel] object ChannelsFirst extends NodeRule {

  /**
   * The inputs and outputs of a node that have a layout.
   *
   * @param vectors
   *   inputs that have one number per dimension
   */
  final private case class Places(
      tensors: Set[Int],
      vectors: Set[Int] = Set.empty,
      outputs: Set[Int] = Set(0)
  )

  private def each(places: Places, ops: String*): Seq[(String, Places)] = ops.map(_ -> places)

  private val places: Map[String, Places] = Seq(
    each(Places(Set(0)), "Conv2D", "Conv3D", "DepthwiseConv2dNative"),
    each(Places(Set(0)), "MaxPool", "MaxPool3D", "AvgPool", "AvgPool3D"),
    each(Places(Set(0)), "SpaceToDepth", "DepthToSpace"),
    each(Places(Set(0), Set(1, 2)), "MaxPoolV2"),
    each(Places(Set(0)), "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"),
    each(Places(Set(2), Set(0)), "Conv2DBackpropInput", "Conv3DBackpropInputV2"),
    each(Places(Set(2), Set(0)), "DepthwiseConv2dNativeBackpropInput"),
    // Gradients, for models whose outputs are gradients.
    each(
      Places(Set(0, 2), outputs = Set.empty),
      "Conv2DBackpropFilter",
      "Conv3DBackpropFilterV2",
      "DepthwiseConv2dNativeBackpropFilter"
    ),
    each(Places(Set(0, 1, 2)), "MaxPoolGrad", "MaxPoolGradGrad"),
    each(Places(Set(0, 1, 2)), "MaxPool3DGrad", "MaxPool3DGradGrad"),
    each(Places(Set(0, 1, 2), Set(3, 4)), "MaxPoolGradV2", "MaxPoolGradGradV2"),
    each(Places(Set(1), Set(0)), "AvgPoolGrad", "AvgPool3DGrad"),
    each(Places(Set(0, 1)), "FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3")
  ).flatten.toMap

  override val ops: Set[String] = places.keySet
  override val why = "channels first are put last by transposes"

  private val ranks = Map("NCHW" -> 4, "NCDHW" -> 5)
  private val last = Map(4 -> "NHWC", 5 -> "NDHWC")

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val layout = Option(node.getAttrMap.get("data_format")).map(_.getS.toStringUtf8)
    layout.flatMap(ranks.get) match {
      case Some(rank) if isComplete(node, scope, rank) =>
        between(node, Fragment.inLoop(node, scope), rank)
      case _ => Verdict.Keep
    }
  }

  private val ofDimensions = Set("strides", "ksize", "dilations", "explicit_paddings")

  // Whether each attribute has one number per dimension. The runtime itself rejects others.
  private def isComplete(node: NodeDef, scope: Scope, rank: Int): Boolean =
    node.getAttrMap.asScala.forall { case (name, value) =>
      val count = value.getList.getICount
      !ofDimensions(name) || count == 0 || count == (if (isPadding(name)) 2 * rank else rank)
    } && NodeRule.isComplete(node, scope)

  private def isPadding(attribute: String): Boolean = attribute == "explicit_paddings"

  private def between(node: NodeDef, make: Fragment, rank: Int): Verdict = {
    val place = places(node.getOp)
    val toLast = (0 +: (2 until rank)) :+ 1
    val toFirst = Seq(0, rank - 1) ++ (1 until rank - 1)
    val dtypes = make.catalog.ops.inputs(node).map(_._2)
    val inputs = make.inputs.zip(dtypes).zipWithIndex.map { case ((input, dtype), index) =>
      if (place.tensors(index)) make.transpose(input, dtype, toLast)
      else if (place.vectors(index)) reordered(make, input, dtype, toLast)
      else input
    }
    val outputs = make.catalog.ops.outputs(node).map { case (name, of) => name -> of.head }
    val attributes = node.getAttrMap.asScala.toSeq.collect {
      case ("data_format", _) => "data_format" -> word(last(rank))
      case (name, value) if ofDimensions(name) => name -> inOrder(name, value, toLast)
      case (name, value) if name != "_output_shapes" => name -> value
    }
    val made = make.addOutputs(node.getOp, outputs.map(_._1), inputs: _*)(attributes: _*)
    make.finishAll(outputs.zip(made).zipWithIndex.map { case (((name, dtype), output), index) =>
      val value = if (place.outputs(index)) make.transpose(output, dtype, toFirst) else output
      (name, value, dtype)
    })
  }

  private def inOrder(name: String, value: AttrValue, order: Seq[Int]): AttrValue = {
    val stated = value.getList.getIList.asScala.map(_.longValue)
    // Each padding is two numbers: before and after.
    val each = stated.grouped(if (isPadding(name)) 2 else 1).toSeq
    if (stated.isEmpty) value else numbers(order.flatMap(each))
  }

  private def reordered(make: Fragment, vector: String, dtype: DataType, order: Seq[Int]): String =
    make.add("GatherV2", "output", vector, make.ints(order: _*), make.int(0))(
      "Tparams" -> kind(dtype),
      "Tindices" -> kind(DataType.DT_INT32),
      "Taxis" -> kind(DataType.DT_INT32)
    )
}
