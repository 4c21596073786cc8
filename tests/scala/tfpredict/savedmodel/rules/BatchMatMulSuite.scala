package tfpredict.savedmodel.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32, DT_INT8}
import org.tensorflow.framework.{DataType, NodeDef}

class BatchMatMulSuite extends RuleSuite(BatchMatMul) {

  private def product(a: DataType, b: DataType, out: DataType): NodeDef =
    node("BatchMatMulV3", "a", "b")("Ta" -> dtype(a), "Tb" -> dtype(b), "Tout" -> dtype(out))

  test("products of one dtype answer as TensorFlow does") {
    assertParity("batch_matmul", "floats", "integers", "adjoint")
  }

  test("one dtype is BatchMatMulV2's") {
    val Seq(only) = replacement(product(DT_FLOAT, DT_FLOAT, DT_FLOAT))
    assert(only.getOp == "BatchMatMulV2" && only.getAttrOrThrow("T").getType == DT_FLOAT)
  }

  test("several dtypes are refused by name") {
    assertRefused(
      "op BatchMatMulV3 of several dtypes (DT_INT8, DT_INT8, DT_INT32)",
      product(DT_INT8, DT_INT8, DT_INT32)
    )
  }
}
