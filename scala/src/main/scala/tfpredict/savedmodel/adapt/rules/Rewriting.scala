package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{FunctionDef, NodeDef}

/**
 * What takes a node's place when each rule had its say: what one rule puts in, the others look at.
 *
 * @param rules
 *   those that changed something, in their order
 * @param outputs
 *   how a function's nodes refer to outputs, by how they did
 * @param functions
 *   what the nodes call beside the model's own
 * @param refusal
 *   why nothing can take its place, in words
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

  /** A node that stays as it is. */
  def kept(node: NodeDef): Rewriting = Rewriting(Seq(node), Nil, Map.empty, Nil, None)

  // A rule does not look at what itself made: its results may be of its own ops.
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
