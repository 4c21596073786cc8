package tfpredict.savedmodel.rules

import org.tensorflow.framework.NodeDef

/**
 * `BatchMatMulV3` of one dtype is what `BatchMatMulV2` was. Source: `math_ops.cc`: version 3 adds a
 * dtype for each operand and for the result.
 */
private[savedmodel] object BatchMatMul extends NodeRule {
  override val ops: Set[String] = Set("BatchMatMulV3")
  override val why = "BatchMatMulV3 of one dtype is BatchMatMulV2"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val dtypes = Seq("Ta", "Tb", "Tout").map(node.getAttrOrThrow(_).getType)
    if (dtypes.distinct.size > 1) {
      Verdict.Refuse(s"op BatchMatMulV3 of several dtypes (${dtypes.mkString(", ")})")
    } else {
      val make = new Fragment(node, scope)
      val kept =
        Seq("adj_x", "adj_y").filter(node.containsAttr).map(n => n -> node.getAttrOrThrow(n))
      make.finish("BatchMatMulV2", make.inputs: _*)(kept :+ ("T" -> Fragment.kind(dtypes.head)): _*)
    }
  }
}
