package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.{AttrValue, NodeDef, TensorShapeProto}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Convolutions with dilations, which the CPU's kernels ignore or reject. The filter is widened with
 * zeros instead. This costs as many products as the wide filter has elements. Source:
 * `conv_ops_3d.cc`, `conv_grad_input_ops.cc` and `depthwise_conv_op.cc` of the runtime.
 */
private[savedmodel] object DilatedFilters extends NodeRule {
  override val ops: Set[String] = Set(
    "Conv3D",
    "DepthwiseConv2dNative",
    "Conv2DBackpropInput",
    "Conv3DBackpropInputV2",
    "DepthwiseConv2dNativeBackpropInput"
  )
  override val why = "a filter with dilations is written out with zeros"

  // The filter is always the second input. Its last two dimensions are channels.
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val dilations = Option(node.getAttrMap.get("dilations")).toSeq
      .flatMap(_.getList.getIList.asScala.map(_.toInt))
    val layout = Option(node.getAttrMap.get("data_format")).fold("N?C")(_.getS.toStringUtf8)
    val inSpace = dilations.drop(1).dropRight(1)
    node.getInputList.asScala.lift(1).filter(_ => NodeRule.isComplete(node, scope)).flatMap(
      scope.shape
    ) match {
      case Some(sizes)
          if layout.endsWith("C") && inSpace.exists(_ > 1) && inSpace.forall(_ >= 1) &&
            dilations.head == 1 && dilations.last == 1 &&
            sizes.size == dilations.size && sizes.forall(_ > 0) =>
        widened(node, Fragment.inLoop(node, scope), sizes.map(_.toInt), inSpace)
      case _ => Verdict.Keep
    }
  }

  private def widened(node: NodeDef, make: Fragment, sizes: Seq[Int], by: Seq[Int]): Verdict = {
    val dtype = "T" -> node.getAttrOrThrow("T")
    val Seq(first, filter, others @ _*) = make.inputs
    def reshape(tensor: String, to: Seq[Int]) =
      make.add("Reshape", "output", tensor, make.ints(to: _*))(dtype, "Tshape" -> kind(DT_INT32))
    // After each element of a dimension come the zeros between two elements.
    val (whole, _) = by.zipWithIndex.filter(_._1 > 1).foldLeft((filter, sizes)) {
      case ((tensor, now), (each, axis)) =>
        val apart = reshape(tensor, Seq(now.take(axis + 1).product, 1, now.drop(axis + 1).product))
        val zeros = reshapedInts(make, Seq(0, 0, 0, each - 1, 0, 0), 3)
        val padded = make.add("Pad", "output", apart, zeros)(dtype, "Tpaddings" -> kind(DT_INT32))
        val wider = now.updated(axis, now(axis) * each)
        (reshape(padded, wider), wider)
    }
    val (space, channels) = sizes.splitAt(by.size)
    val wide = space.zip(by).map { case (size, each) => (size - 1) * each + 1 } ++ channels
    val used = make.add(
      "Slice",
      "output",
      whole,
      make.ints(sizes.map(_ => 0): _*),
      make.ints(wide: _*)
    )(dtype, "Index" -> kind(DT_INT32), "_output_shapes" -> shapeOf(wide))
    val attributes = node.getAttrMap.asScala.toSeq.filterNot(_._1 == "dilations")
    make.finish(node.getOp, first +: used +: others: _*)(attributes: _*)
  }

  private def reshapedInts(make: Fragment, values: Seq[Int], rows: Int): String =
    make.add("Reshape", "output", make.ints(values: _*), make.ints(rows, 2))(
      "T" -> kind(DT_INT32),
      "Tshape" -> kind(DT_INT32)
    )

  private def shapeOf(sizes: Seq[Int]): AttrValue = {
    val shape = TensorShapeProto.newBuilder()
    sizes.foreach(size => shape.addDimBuilder().setSize(size.toLong))
    AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder().addShape(shape)).build()
  }
}
