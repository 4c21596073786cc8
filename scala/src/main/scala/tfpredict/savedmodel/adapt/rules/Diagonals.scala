package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * The third version of the diagonal ops can align diagonals of different lengths. The second
 * version always aligned them to the left. A single diagonal needs no alignment. Source:
 * `array_ops.cc`, `MatrixDiagV2` and `MatrixDiagV3`.
 */
private[savedmodel] object Diagonals extends NodeRule {

  // The input that selects the diagonals, by op.
  private val places = Map("MatrixDiagPartV3" -> 1, "MatrixDiagV3" -> 1, "MatrixSetDiagV3" -> 2)

  override val ops: Set[String] = places.keySet
  override val why = "the third version of a diagonal op is its second, where nothing is aligned"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val op = node.getOp
    val make = new Fragment(node, scope)
    if (isAlignedLeft(node) || isOne(make.inputs(places(op)), scope)) {
      make.finish(s"${op.stripSuffix("3")}2", make.inputs: _*)("T" -> node.getAttrOrThrow("T"))
    } else Verdict.Refuse(s"op $op of several diagonals that are not aligned LEFT_LEFT")
  }

  private def isAlignedLeft(node: NodeDef): Boolean =
    node.containsAttr("align") && node.getAttrOrThrow("align").getS.toStringUtf8 == "LEFT_LEFT"

  // A scalar, or equal lower and upper bounds.
  private def isOne(k: String, scope: Scope): Boolean =
    scope.shape(k).exists(_.product == 1) || scope.ints(k).exists(_.distinct.size == 1)
}
