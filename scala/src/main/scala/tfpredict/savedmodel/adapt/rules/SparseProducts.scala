package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BFLOAT16, DT_FLOAT}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Treats a product of sparse matrices as an ordinary product. The sparsity hint only chooses the
 * kernel, and that kernel ends the process for some shapes. Source: `math_ops.cc`.
 */
private[savedmodel] object SparseProducts extends NodeRule {
  override val ops: Set[String] = Set("SparseMatMul")
  override val why = "SparseMatMul is MatMul"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(a, b) = make.inputs
    def real(input: String, dtype: String) = make.cast(input, of(node, dtype), DT_FLOAT)
    val transposed =
      Seq("transpose_a", "transpose_b").filter(node.containsAttr).map(name =>
        name -> node.getAttrOrThrow(name)
      )
    if (Seq("Ta", "Tb").exists(name => !Set(DT_FLOAT, DT_BFLOAT16)(of(node, name)))) Verdict.Keep
    else
      make.finish("MatMul", real(a, "Ta"), real(b, "Tb"))(transposed :+ ("T" -> kind(DT_FLOAT)): _*)
  }

  private def of(node: NodeDef, name: String): DataType =
    Option(node.getAttrMap.get(name)).fold(DT_FLOAT: DataType)(_.getType)
}
