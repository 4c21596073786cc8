package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * `BesselI0` and `BesselI1` are exp(|x|) times `BesselI0e` and `BesselI1e`, which are scaled by
 * exp(-|x|). TensorFlow computes them this way, so they are infinite where exp(|x|) is. The
 * runtime's exp overflows slightly too early, from 88.4 in float32. So the rule squares exp(|x| /
 * 2). Source: Eigen's `BesselFunctions`.
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
