package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.NodeDef

class DilatedFiltersSuite extends RuleSuite(DilatedFilters) {
  private def convolution(layout: String, dilations: Long*): NodeDef =
    node("DepthwiseConv2dNative", "in", "filter")(
      "T" -> dtype(DT_FLOAT),
      "data_format" -> text(layout),
      "dilations" -> Fragment.numbers(dilations)
    )
  private val filter = shaped("filter", 3, 2, 4, 1)

  test("a dilated filter is spread out with zeros, and the op has no dilations") {
    val made = replacement(convolution("NHWC", 1, 2, 3, 1), filter)
    assert(made.last.getOp == "DepthwiseConv2dNative" && !made.last.containsAttr("dilations"))
    val slice = made(made.size - 2)
    val shape = slice.getAttrOrThrow("_output_shapes").getList.getShape(0)
    assert((0 until 4).map(shape.getDim(_).getSize) == Seq(5, 4, 4, 1))
  }

  test("without dilations in space, or with a filter of unknown size, the node is kept") {
    assertKept(convolution("NHWC", 1, 1, 1, 1), filter)
    assertKept(convolution("NHWC", 1, 2, 2, 1), shaped("filter", -1, 3, 4, 1))
    assertKept(convolution("NHWC", 1, 2, 2, 1))
    assertKept(convolution("NHWC", 2, 2, 2, 1), filter)
    assertKept(convolution("NCHW", 1, 1, 2, 2), filter)
  }
}
