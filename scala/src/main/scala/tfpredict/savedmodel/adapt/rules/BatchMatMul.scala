package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, NodeDef}

/**
 * Replaces `BatchMatMulV3`. With a single dtype it equals `BatchMatMulV2`. With several dtypes its
 * operands are cast to the result's dtype. Bytes become int32 in layers with int8 weights, and
 * small floats become float32. Sources: `math_ops.cc`, where version 3 adds a dtype for each
 * operand and for the result; `batch_matmul_op_impl.h`, which casts the operands.
 */
private[savedmodel] object BatchMatMul extends NodeRule {
  override val ops: Set[String] = Set("BatchMatMulV3")
  override val why = "BatchMatMulV3 is BatchMatMulV2 of operands in the result's dtype"

  // The operand dtypes that each result dtype can represent, including their products.
  private val operands: Map[DataType, Set[DataType]] = Map(
    DT_INT32 -> Set(DT_INT8, DT_UINT8, DT_INT32),
    DT_FLOAT -> Set(DT_HALF, DT_BFLOAT16, DT_FLOAT)
  )

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val Seq(a, b, out) = Seq("Ta", "Tb", "Tout").map(node.getAttrOrThrow(_).getType)
    val isOne = a == out && b == out
    if (!isOne && !operands.get(out).exists(held => held(a) && held(b))) {
      Verdict.Refuse(s"op BatchMatMulV3 of several dtypes ($a, $b, $out)")
    } else {
      val make = new Fragment(node, scope)
      val kept =
        Seq("adj_x", "adj_y").filter(node.containsAttr).map(n => n -> node.getAttrOrThrow(n))
      val Seq(x, y) = make.inputs
      make.finish("BatchMatMulV2", make.cast(x, a, out), make.cast(y, b, out))(
        kept :+ ("T" -> Fragment.kind(out)): _*
      )
    }
  }
}
