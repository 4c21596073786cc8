package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * `StatelessCase` is `Case` with the promise that its branches have no state. The promise only
 * helps the optimizer. Source: `functional_ops.cc`; both have the same kernel.
 */
private[savedmodel] object CaseBranches extends NodeRule {
  override val ops: Set[String] = Set("StatelessCase")
  override val why = "StatelessCase is Case"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    Verdict.Replace(Seq(node.toBuilder.setOp("Case").build()))
}
