package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.NodeDef

class BatchNorm3DSuite extends RuleSuite(BatchNorm3D) {
  private def normal(layout: String): NodeDef =
    node("FusedBatchNormV3", "x", "scale", "offset", "mean", "variance")(
      "T" -> dtype(DT_FLOAT),
      "U" -> dtype(DT_FLOAT),
      "epsilon" -> Fragment.real(0.25f),
      "data_format" -> text(layout)
    )

  test("volumes are normalised as pictures, and then reshaped") {
    val made = replacement(normal("NDHWC"))
    val inner = made.find(_.getOp == "FusedBatchNormV3").get
    assert(inner.getAttrOrThrow("data_format").getS.toStringUtf8 == "NHWC")
    assert(inner.getAttrOrThrow("epsilon").getF == 0.25f)
    assert(made.count(_.getOp == "Reshape") == 2 && made.last.getOp == "IdentityN")
  }

  test("pictures are kept") {
    assertKept(normal("NHWC"))
    assertKept(normal("NCHW"))
  }
}
