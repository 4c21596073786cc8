package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * `BesselI0` and `BesselI1` are exp(|x|) times `BesselI0e` and `BesselI1e`, which are scaled by
 * exp(-|x|). TensorFlow computes them so, and is infinite where exp(|x|) is; the runtime's exp is
 * that a little too soon, from 88.4 in float32, and so exp(|x| / 2) is squared. Source: Eigen's
 * `BesselFunctions`.
 */
private[savedmodel] object BesselI extends NodeRule {
  override val ops: Set[String] = Set("BesselI0", "BesselI1")
  override val why = "BesselI0 and BesselI1 are their scaled forms by exp(|x|)"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    RealFunction(node, scope) { (make, dtype) =>
      val x = make.inputs.head
      val calculate = new Arithmetic(make, dtype)
      import calculate._
      val root = unary("Exp", times(unary("Abs", x), number(0.5)))
      times(times(root, root), unary(s"${node.getOp}e", x)) -> dtype
    }
}
