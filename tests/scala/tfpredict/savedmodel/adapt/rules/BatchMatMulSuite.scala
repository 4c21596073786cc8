package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BFLOAT16, DT_FLOAT, DT_INT32, DT_INT8, DT_UINT8}
import org.tensorflow.framework.{DataType, NodeDef}

class BatchMatMulSuite extends RuleSuite(BatchMatMul) {

  private def product(a: DataType, b: DataType, out: DataType): NodeDef =
    node("BatchMatMulV3", "a", "b")("Ta" -> dtype(a), "Tb" -> dtype(b), "Tout" -> dtype(out))

  test("products of one dtype answer as TensorFlow does") {
    assertParity("batch_matmul", "floats", "integers", "adjoint")
  }

  test("products of one dtype are BatchMatMulV2") {
    val Seq(only) = replacement(product(DT_FLOAT, DT_FLOAT, DT_FLOAT))
    assert(only.getOp == "BatchMatMulV2" && only.getAttrOrThrow("T").getType == DT_FLOAT)
  }

  test("bytes into int32, and small floats into float32, are cast before") {
    for ((from, to) <- Seq(DT_INT8 -> DT_INT32, DT_UINT8 -> DT_INT32, DT_BFLOAT16 -> DT_FLOAT)) {
      val nodes = replacement(product(from, from, to))
      assert(nodes.map(_.getOp) == Seq("Cast", "Cast", "BatchMatMulV2"))
      assert(nodes.head.getAttrOrThrow("SrcT").getType == from)
      assert(nodes.head.getAttrOrThrow("DstT").getType == to)
      assert(nodes.last.getAttrOrThrow("T").getType == to)
    }
    assert(replacement(product(DT_INT8, DT_INT32, DT_INT32)).map(_.getOp) ==
      Seq("Cast", "BatchMatMulV2"))
  }

  test("other dtypes together are refused by name") {
    assertRefused(
      "op BatchMatMulV3 of several dtypes (DT_INT8, DT_FLOAT, DT_FLOAT)",
      product(DT_INT8, DT_FLOAT, DT_FLOAT)
    )
    assertRefused(
      "op BatchMatMulV3 of several dtypes (DT_INT8, DT_INT32, DT_INT8)",
      product(DT_INT8, DT_INT8, DT_INT8).toBuilder.putAttr("Tb", dtype(DT_INT32)).build()
    )
  }
}
