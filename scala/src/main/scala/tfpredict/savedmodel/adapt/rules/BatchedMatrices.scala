package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Renames old ops for batches of matrices. The plain ops once took a single matrix only. Both have
 * the same kernels, inputs, attributes and outputs, but the old ones lack the checks. Source:
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
