package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, NodeDef}

/**
 * `BatchMatMulV3` of one dtype is what `BatchMatMulV2` was. Of bytes into int32, as layers with
 * int8 weights have it, and of small floats into float32, it is the product of the operands as the
 * result's dtype has them. Source: `math_ops.cc`: version 3 adds a dtype for each operand and for
 * the result; `batch_matmul_op_impl.h` casts the operands.
 */
private[savedmodel] object BatchMatMul extends NodeRule {
  override val ops: Set[String] = Set("BatchMatMulV3")
  override val why = "BatchMatMulV3 is BatchMatMulV2 of operands in the result's dtype"

  // What each of the result's dtypes holds, products of them included.
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
