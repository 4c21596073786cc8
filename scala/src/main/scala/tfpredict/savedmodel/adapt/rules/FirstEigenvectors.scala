package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.{flag, kind, number}

/**
 * The first version returns the eigenvalues as a row above the eigenvectors. Source:
 * `self_adjoint_eig_op.cc`.
 */
private[savedmodel] object FirstEigenvectors extends NodeRule {
  override val ops: Set[String] = Set("BatchSelfAdjointEig", "SelfAdjointEig")
  override val why = "SelfAdjointEig is SelfAdjointEigV2, its outputs joined"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = Fragment.inLoop(node, scope)
    val T = "T" -> node.getAttrOrThrow("T")
    val index = kind(DT_INT32)
    val Seq(values, vectors) =
      make.addOutputs("SelfAdjointEigV2", Seq("e", "v"), make.inputs.head)(
        T,
        "compute_v" -> flag(true)
      )
    val rows = make.int(-2)
    val row = make.add("ExpandDims", "output", values, rows)(T, "Tdim" -> index)
    make.finish("ConcatV2", row, vectors, rows)(T, "N" -> number(2), "Tidx" -> index)
  }
}
