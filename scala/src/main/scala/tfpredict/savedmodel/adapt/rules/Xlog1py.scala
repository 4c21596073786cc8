package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * `Xlog1py` is x log(1 + y), and 0 where x is 0, for any y. `MulNoNan` is 0 where its second factor
 * is 0. Source: `math_ops.cc`.
 */
private[savedmodel] object Xlog1py extends NodeRule {
  override val ops: Set[String] = Set("Xlog1py")
  override val why = "Xlog1py is MulNoNan of Log1p"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(x, y) = make.inputs
    val dtype = node.getAttrOrThrow("T")
    val logarithm = new Arithmetic(make, dtype.getType).unary("Log1p", y)
    make.finish("MulNoNan", logarithm, x)("T" -> dtype)
  }
}
