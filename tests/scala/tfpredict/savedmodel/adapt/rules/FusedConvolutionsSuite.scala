package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_FLOAT}
import org.tensorflow.framework.{DataType, NodeDef}

class FusedConvolutionsSuite extends RuleSuite(FusedConvolutions) {

  private def fused(op: String, of: DataType, padding: String, stride: Long): NodeDef = {
    val sizes = if (op == "FusedPadConv2D") Nil else Seq("size")
    node(op, Seq("input") ++ sizes ++ Seq("paddings", "filter"): _*)(
      "T" -> dtype(of),
      "mode" -> text("REFLECT"),
      "padding" -> text(padding),
      "strides" -> Fragment.numbers(Seq(1, stride, 1, 1))
    )
  }

  test("fused convolutions answer as TensorFlow does") {
    assertParity("fused_convolutions", "reflected", "symmetric", "beside", "resized", "corners")
  }

  test("the size of pictures is constant or given by a row") {
    val nodes = replacement(fused("FusedResizeAndPadConv2D", DT_FLOAT, "SAME", 1))
    assert(nodes.map(_.getOp) == Seq("ResizeBilinear", "MirrorPad", "Conv2D"))
  }

  test("fused ops that a convolution cannot replace are refused") {
    assertRefused(
      "op FusedPadConv2D with strides above 3",
      fused("FusedPadConv2D", DT_FLOAT, "VALID", 4)
    )
    assertRefused(
      "op FusedPadConv2D with strides above 2",
      fused("FusedPadConv2D", DT_FLOAT, "SAME", 3)
    )
    assertRefused(
      "op FusedResizeAndPadConv2D of doubles, since ResizeBilinear makes floats,",
      fused("FusedResizeAndPadConv2D", DT_DOUBLE, "SAME", 1)
    )
  }
}
