package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_FLOAT, DT_INT32}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Splits ops that `transform_graph` fused from a convolution and the padding, or resizing and
 * padding, before it. With small strides the fused kernel places its windows like a convolution. In
 * a batch it computes only the first picture, but the split ops compute all. Source:
 * `conv_ops_fused_image_transform.cc`.
 */
private[savedmodel] object FusedConvolutions extends NodeRule {
  private val resizes = "FusedResizeAndPadConv2D"

  override val ops: Set[String] = Set("FusedPadConv2D", resizes)
  override val why = "a fused convolution is its parts: ResizeBilinear, MirrorPad and Conv2D"

  // The kernel halves the rest that windows leave at the end. Up to these strides, half of the rest
  // is 0.
  private val largest = Map("SAME" -> 2L, "VALID" -> 3L)

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val op = node.getOp
    val strides = node.getAttrOrThrow("strides").getList.getIList.asScala.map(_.longValue)
    val most = largest.getOrElse(node.getAttrOrThrow("padding").getS.toStringUtf8, 0L)
    val dtype = node.getAttrOrThrow("T").getType
    if (strides.exists(_ > most)) Verdict.Refuse(s"op $op with strides above $most")
    else if (op == resizes && dtype == DT_DOUBLE)
      Verdict.Refuse(s"op $op of doubles, since ResizeBilinear makes floats,")
    else {
      val make = new Fragment(node, scope)
      val T = "T" -> kind(dtype)
      val Seq(paddings, filter) = make.inputs.takeRight(2)
      val pictures = if (op == resizes) {
        val Seq(input, size) = make.inputs.take(2)
        val corners = Seq("resize_align_corners").filter(node.containsAttr)
          .map(key => "align_corners" -> node.getAttrOrThrow(key))
        make.cast(
          make.add("ResizeBilinear", "resized_images", input, size)(T +: corners: _*),
          DT_FLOAT,
          dtype
        )
      } else make.inputs.head
      val padded = make.add("MirrorPad", "output", pictures, paddings)(
        T,
        "Tpaddings" -> kind(DT_INT32),
        "mode" -> node.getAttrOrThrow("mode")
      )
      make.finish("Conv2D", padded, filter)(
        T,
        "strides" -> node.getAttrOrThrow("strides"),
        "padding" -> node.getAttrOrThrow("padding")
      )
    }
  }
}
