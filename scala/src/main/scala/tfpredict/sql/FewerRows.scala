package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  AliasHelper,
  Attribute,
  AttributeSet,
  NamedExpression
}
import org.apache.spark.sql.catalyst.plans.logical.{
  Expand,
  GlobalLimit,
  LocalLimit,
  LogicalPlan,
  Offset,
  Project,
  Sample,
  Sort,
  UnaryNode
}
import org.apache.spark.sql.catalyst.rules.Rule

/**
 * Puts each [[BatchPredict]] where the fewest rows pass. Above a sort, a sample and a limit that do
 * not ask for its results: where five rows are asked for, the model sees five. Below an `Expand`,
 * which repeats each row for `CUBE`, `ROLLUP` and aggregates of distinct values.
 *
 * The limit of the answer itself stays above where nothing below it is sorted: Spark then reads one
 * partition after the other until it has enough.
 */
private[sql] object FewerRows extends Rule[LogicalPlan] with AliasHelper {

  override def apply(plan: LogicalPlan): LogicalPlan = {
    val answer = answerLimits(plan)
    plan.transformUp {
      case node @ (_: Sort | _: Sample) => above(node.asInstanceOf[UnaryNode])
      case node @ (_: GlobalLimit | _: LocalLimit | _: Offset)
          if isSorted(node) || !answer.exists(_.fastEquals(node)) =>
        above(node.asInstanceOf[UnaryNode])
      case node: BatchPredict => belowExpand(node)
    }
  }

  private def above(node: UnaryNode): LogicalPlan = node.child match {
    case calls: BatchPredict if node.references.subsetOf(calls.child.outputSet) =>
      calls.copy(child = above(over(node, calls.child)))
    case Project(list, calls: BatchPredict) if list.forall(_.deterministic) =>
      val inner = node.mapExpressions(replaceAlias(_, getAliasMap(list)))
      val moved = inner.asInstanceOf[UnaryNode]
      if (moved.references.subsetOf(calls.child.outputSet)) {
        Project(list, calls.copy(child = above(over(moved, calls.child))))
      } else node
    case _ => node
  }

  private def over(node: UnaryNode, child: LogicalPlan): UnaryNode =
    node.withNewChildren(Seq(child)).asInstanceOf[UnaryNode]

  // Whether a limit's rows are the first of an order.
  private def isSorted(plan: LogicalPlan): Boolean = plan match {
    case _: Sort => true
    case node @ (_: GlobalLimit | _: LocalLimit | _: Offset | _: Project | _: BatchPredict) =>
      isSorted(node.children.head)
    case _ => false
  }

  // The limits that the query's own answer ends with, the outermost first.
  private def answerLimits(plan: LogicalPlan): Seq[LogicalPlan] = plan match {
    case node @ (_: GlobalLimit | _: LocalLimit | _: Offset) =>
      node +: answerLimits(node.children.head)
    case _ => Nil
  }

  private def belowExpand(calls: BatchPredict): LogicalPlan = calls.child match {
    case expand: Expand if calls.calls.forall(call => passes(expand, call.references)) =>
      val inner = belowExpand(calls.copy(child = expand.child))
      Expand(expand.projections.map(_ ++ calls.results), expand.output ++ calls.results, inner)
    case Project(list, expand: Expand) if calls.calls.forall(_.references.subsetOf(plain(list))) =>
      belowExpand(calls.copy(child = expand)) match {
        case moved: Expand => Project(list ++ calls.results, moved)
        case _ => calls
      }
    case _ => calls
  }

  // Whether each copy of a row has these columns as the row has them.
  private def passes(expand: Expand, columns: AttributeSet): Boolean = columns.forall { column =>
    val place = expand.output.indexWhere(_.exprId == column.exprId)
    place >= 0 && expand.projections.forall { projection =>
      projection(place) match {
        case same: Attribute => same.exprId == column.exprId
        case _ => false
      }
    }
  }

  private def plain(list: Seq[NamedExpression]): AttributeSet =
    AttributeSet(list.collect { case attribute: Attribute => attribute })
}
