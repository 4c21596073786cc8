package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * The first version has one dtype for the rates and the results, and the same kernel. Source:
 * `random_poisson_op.cc`.
 */
private[savedmodel] object FirstPoisson extends NodeRule {
  override val ops: Set[String] = Set("RandomPoisson")
  override val why = "RandomPoisson is RandomPoissonV2 of one dtype"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    new Fragment(node, scope).finish("RandomPoissonV2", node.getInput(0), node.getInput(1))(
      node.getAttrMap.asScala.toSeq :+ ("R" -> node.getAttrOrThrow("dtype")): _*
    )
}
