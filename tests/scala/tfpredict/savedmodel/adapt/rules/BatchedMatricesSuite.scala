package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT

import tfpredict.RuntimeCatalog.catalog

class BatchedMatricesSuite extends RuleSuite(BatchedMatrices) {

  test("ops of batches of matrices answer as TensorFlow does") {
    assertParityInGraph(
      "batched_matrices",
      Seq("cholesky", "determinant", "inverse", "solve", "least", "complete", "lower") ++
        Seq("upper", "eigenvalues", "singular"): _*
    )
  }

  test("each is an op of the runtime with the same inputs, behind a check") {
    for (op <- BatchedMatrices.ops) {
      val before = node(op, "a", "b", "c")("T" -> dtype(DT_FLOAT))
      val Seq(only) = replacement(before)
      assert(catalog.ops.inputs(only) == catalog.ops.inputs(before), op)
      assert(catalog.guards.getOrElse(only.getOp, Nil).nonEmpty, op)
    }
  }
}
