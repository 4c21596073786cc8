package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.NodeDef

/**
 * `TruncateDiv` of floats has no CPU kernel. The kernel of the runtime's compiler device does not
 * truncate. Source: `cwise_op_div.cc` of 2.x; `tf2xla/kernels/binary_ops.cc` of the runtime.
 */
private[savedmodel] object TruncatedQuotient extends NodeRule {
  override val ops: Set[String] = Set("TruncateDiv")
  override val why = "TruncateDiv of floats is a quotient without its fraction"

  private val floats = Set(DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16)

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val dtype = node.getAttrOrThrow("T").getType
    if (!floats(dtype)) Verdict.Keep
    else {
      val make = new Fragment(node, scope)
      val calculate = new Arithmetic(make, dtype)
      val Seq(x, y) = make.inputs
      val quotient = calculate.over(x, y)
      val whole = calculate.unary("Floor", calculate.unary("Abs", quotient))
      make.finish("Mul", calculate.unary("Sign", quotient), whole)("T" -> Fragment.kind(dtype))
    }
  }
}
