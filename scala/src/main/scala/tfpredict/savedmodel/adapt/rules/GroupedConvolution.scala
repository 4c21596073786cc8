package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * Convolution in groups of channels, which the runtime cannot compute on the CPU. Its Conv2D fails,
 * and its Conv3D gives wrong numbers. The rule convolves each group, and joins the results. With
 * one channel per group, it is a depthwise convolution. Source: `conv_ops.cc` and `conv_ops_3d.cc`
 * of the runtime.
 */
private[savedmodel] object GroupedConvolution extends NodeRule {
  override val ops: Set[String] = Set("Conv2D", "Conv3D")
  override val why = "a grouped convolution is split into its groups"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(input, filter) = make.inputs
    val depths = for {
      in <- scope.shape(input).flatMap(_.lastOption).filter(_ > 0)
      weights <- scope.shape(filter).filter(_.size >= 4)
      one = weights(weights.size - 2)
      if one > 0
    } yield (in, one)
    depths match {
      case Some((in, one)) if in == one => Verdict.Keep
      case _ if !isChannelsLast(node) => Verdict.Keep // the runtime rejects it
      case Some((in, 1)) if isDepthwise(node) => depthwise(node, make, in)
      case Some((in, one)) if in % one == 0 => split(node, make, (in / one).toInt)
      case Some(_) => Verdict.Keep
      case None if node.getOp == "Conv2D" => Verdict.Keep // with groups it fails at run time
      case None =>
        Verdict.Refuse(
          "op Conv3D of unknown depth, which the runtime would get wrong if it had groups,"
        )
    }
  }

  private def split(node: NodeDef, make: Fragment, groups: Int): Verdict = {
    val Seq(input, filter) = make.inputs
    val dtype = node.getAttrOrThrow("T")
    def parts(tensor: String): Seq[String] =
      make.addList("Split", "output", groups, make.int(-1), tensor)(
        "num_split" -> number(groups.toLong),
        "T" -> dtype
      )
    val results = parts(input).zip(parts(filter)).map {
      case (in, weights) =>
        make.add(
          node.getOp,
          "output",
          in,
          weights
        )(node.getAttrMap.asScala.toSeq.filterNot(isHint): _*)
    }
    make.finish("ConcatV2", results :+ make.int(-1): _*)(
      "N" -> number(groups.toLong),
      "T" -> dtype,
      "Tidx" -> kind(DataType.DT_INT32)
    )
  }

  // A filter [h, w, 1, in * m] has the same elements in the same order as the depthwise filter [h,
  // w, in, m].
  private def depthwise(node: NodeDef, make: Fragment, in: Long): Verdict = {
    val Seq(input, filter) = make.inputs
    val dtype = node.getAttrOrThrow("T")
    val shape =
      make.add("Shape", "output", filter)("T" -> dtype, "out_type" -> kind(DataType.DT_INT32))
    val window =
      make.add("StridedSlice", "output", shape, make.ints(0), make.ints(2), make.ints(1))(
        "T" -> kind(DataType.DT_INT32),
        "Index" -> kind(DataType.DT_INT32)
      )
    val dims = make.add("ConcatV2", "output", window, make.ints(in.toInt, -1), make.int(0))(
      "N" -> number(2),
      "T" -> kind(DataType.DT_INT32),
      "Tidx" -> kind(DataType.DT_INT32)
    )
    val weights =
      make.add("Reshape", "output", filter, dims)("T" -> dtype, "Tshape" -> kind(DataType.DT_INT32))
    val kept = Set("T", "strides", "padding", "data_format", "dilations")
    val attributes = node.getAttrMap.asScala.filterKeys(kept.contains).toSeq
    make.finish("DepthwiseConv2dNative", input, weights)(attributes: _*)
  }

  // The depthwise kernel has one stride for both directions, no dilation and no explicit padding.
  private def isDepthwise(node: NodeDef): Boolean = {
    val strides = list(node, "strides")
    node.getOp == "Conv2D" && strides.distinct.size <= 2 && strides(1) == strides(2) &&
    list(
      node,
      "dilations"
    ).forall(_ == 1) && node.getAttrOrThrow("padding").getS.toStringUtf8 != "EXPLICIT"
  }

  private def isChannelsLast(node: NodeDef): Boolean = {
    val format = Option(node.getAttrMap.get("data_format")).map(_.getS.toStringUtf8)
    format.forall(_.endsWith("C"))
  }

  private def list(node: NodeDef, name: String): Seq[Long] =
    Option(node.getAttrMap.get(name)).toSeq.flatMap(_.getList.getIList.asScala.map(_.longValue))

  private def isHint(attribute: (String, AttrValue)): Boolean = attribute._1.startsWith("_")
}
