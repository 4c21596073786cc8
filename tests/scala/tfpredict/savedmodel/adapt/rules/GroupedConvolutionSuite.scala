package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.TestModels
import tfpredict.model.ModelVerifier

class GroupedConvolutionSuite extends RuleSuite(GroupedConvolution) {

  private def convolution(op: String, format: String = "NHWC"): NodeDef =
    node(op, "in", "filter")("T" -> dtype(DataType.DT_FLOAT), "data_format" -> text(format))

  test("groups, strides, dilation and groups of one channel answer as TensorFlow does") {
    assertParity("grouped_convolution", "plain", "strides", "dilated", "depthwise")
  }

  test("a grouped Conv3D, which the runtime computes wrongly, is right") {
    assert(ModelVerifier.verify(TestModels.spec("grouped_3d")).difference <= 1e-5)
  }

  test("a convolution of one group is kept, and one that the runtime refuses by itself") {
    val filter = shaped("filter", 3, 3, 4, 8)
    assertKept(convolution("Conv2D"), shaped("in", -1, 9, 9, 4), filter)
    assertKept(convolution("Conv2D", "NCHW"), shaped("in", -1, 8, 9, 9), filter)
    assertKept(convolution("Conv2D"), shaped("in", -1, 9, 9, 6), filter)
    assertKept(convolution("Conv2D"), shaped("in", -1, 9, 9, -1), filter)
    assertKept(convolution("Conv2D"))
  }

  test("a Conv3D that may have groups is refused, since the runtime would not fail") {
    assertRefused(
      "op Conv3D of unknown depth, which the runtime would get wrong if it had groups,",
      convolution("Conv3D", "NDHWC"),
      shaped("in", -1, 9, 9, 9, -1),
      shaped("filter", 3, 3, 3, 4, 8)
    )
  }
}
