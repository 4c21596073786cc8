package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{FunctionDef, NodeDef}

/**
 * A node's replacement after all rules. Rules also apply to the nodes that other rules made.
 *
 * @param rules
 *   the rules that changed the node, in order
 * @param outputs
 *   new references to outputs in a function, by the old ones
 * @param functions
 *   functions that the nodes call and that the model lacks
 * @param refusal
 *   the reason why the node cannot be replaced, in words
 */
final private[savedmodel] case class Rewriting(
    nodes: Seq[NodeDef],
    rules: Seq[NodeRule],
    outputs: Map[String, String],
    functions: Seq[FunctionDef],
    refusal: Option[String]
)

private[savedmodel] object Rewriting {
  def of(node: NodeDef, scope: Scope): Rewriting = of(node, scope, Set.empty)

  /** A node that stays unchanged. */
  def kept(node: NodeDef): Rewriting = Rewriting(Seq(node), Nil, Map.empty, Nil, None)

  // A rule does not apply to its own results, since these may have its own ops.
  private def of(node: NodeDef, scope: Scope, past: Set[NodeRule]): Rewriting =
    NodeRule
      .of(node.getOp)
      .iterator
      .filterNot(past)
      .map(rule => rule -> rule(node, scope))
      .collectFirst {
        case (_, Verdict.Refuse(why)) => Rewriting(Nil, Nil, Map.empty, Nil, Some(why))
        case (rule, Verdict.Replace(nodes, outputs, functions)) =>
          val inside = scope.and(nodes)
          val made = nodes.map(of(_, inside, past + rule))
          val renamed = outputs.map { case (before, now) =>
            s"${node.getName}:$before" -> s"${node.getName}:$now"
          }
          Rewriting(
            made.flatMap(_.nodes),
            rule +: made.flatMap(_.rules),
            made.flatMap(_.outputs).toMap ++ renamed,
            functions ++ made.flatMap(_.functions),
            made.flatMap(_.refusal).headOption
          )
      }
      .getOrElse(kept(node))
}
