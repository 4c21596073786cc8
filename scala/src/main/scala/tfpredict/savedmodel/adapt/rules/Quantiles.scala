package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_DOUBLE
import org.tensorflow.framework.NodeDef

/** `Ndtri`, the inverse of the normal distribution function. */
private[savedmodel] object Ndtri extends NodeRule {
  override val ops: Set[String] = Set("Ndtri")
  override val why = "Ndtri is computed in float64 by Wichura's AS 241"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    RealFunction(node, scope) { (make, dtype) =>
      val exact = new Arithmetic(make, DT_DOUBLE)
      NormalQuantile(exact, make.cast(make.inputs.head, dtype, DT_DOUBLE)) -> DT_DOUBLE
    }
}

/**
 * `Erfinv` is `Ndtri((x + 1) / 2) / sqrt(2)`. TensorFlow computes the probability in x's dtype, so
 * it is rounded if x is near 1. This rule does the same, to match TensorFlow's answers. Source:
 * `scalar_erfinv_op` in `cwise_ops.h`.
 */
private[savedmodel] object Erfinv extends NodeRule {
  override val ops: Set[String] = Set("Erfinv")
  override val why = "Erfinv is the normal quantile of (x + 1) / 2, by sqrt(2)"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    RealFunction(node, scope) { (make, dtype) =>
      val rounded = new Arithmetic(make, dtype)
      val p = rounded.times(rounded.plus(make.inputs.head, rounded.number(1)), rounded.number(0.5))
      val exact = new Arithmetic(make, DT_DOUBLE)
      exact.times(
        NormalQuantile(exact, make.cast(p, dtype, DT_DOUBLE)),
        exact.number(math.sqrt(0.5))
      ) -> DT_DOUBLE
    }
}
