package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Draws seeded numbers with the op's first version, which gives the same numbers; see [[SeedKeys]].
 */
private[savedmodel] object SeededDraws extends NodeRule {
  override val ops: Set[String] = Set(
    "StatelessRandomUniformV2",
    "StatelessRandomNormalV2",
    "StatelessTruncatedNormalV2",
    "StatelessRandomUniformIntV2"
  )
  override val why = "numbers of a seed are drawn by the op's first version"

  // inputs: shape, key, counter, alg, and for integers minval and maxval
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(shape, key, counter, algorithm, bounds @ _*) = make.inputs
    SeedKeys.seed(node, key, counter, algorithm, scope, make) match {
      case Left(odd) => Verdict.Refuse(odd)
      case Right((seed, dtype)) =>
        make.finish(node.getOp.stripSuffix("V2"), shape +: seed +: bounds: _*)(
          "dtype" -> make.dtype("dtype", DT_FLOAT),
          "T" -> make.dtype("Tshape", DT_INT32),
          "Tseed" -> kind(dtype)
        )
    }
  }
}
