package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Ops of a batch of matrices, from when those of one matrix took no more than one. They have the
 * same kernels, inputs, attributes and outputs, without the checks before them. Source:
 * `linalg_ops.cc`.
 */
private[savedmodel] object BatchedMatrices extends NodeRule {
  override val ops: Set[String] = Set(
    "BatchCholesky",
    "BatchMatrixDeterminant",
    "BatchMatrixInverse",
    "BatchMatrixSolve",
    "BatchMatrixSolveLs",
    "BatchMatrixTriangularSolve",
    "BatchSelfAdjointEigV2",
    "BatchSvd"
  )
  override val why = "an op of a batch of matrices is the op of matrices"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    Verdict.Replace(Seq(node.toBuilder.setOp(node.getOp.stripPrefix("Batch")).build()))
}
