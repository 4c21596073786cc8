package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Attribute, AttributeSet, NamedExpression}
import org.apache.spark.sql.catalyst.plans.logical.{
  Expand,
  Filter,
  GlobalLimit,
  Join,
  LocalLimit,
  LogicalPlan,
  Offset,
  Project,
  Sample,
  Sort,
  Tail,
  UnaryNode,
  WindowGroupLimit
}
import org.apache.spark.sql.catalyst.plans.{LeftAnti, LeftSemi}
import org.apache.spark.sql.catalyst.rules.Rule

/**
 * Moves each [[BatchPredict]] to the place with the fewest rows. It moves above sorts, samples,
 * limits, filters, and joins that only drop rows, unless they use its results. So `ORDER BY id
 * LIMIT 5` predicts five rows. It moves below an `Expand`, which repeats each row for `CUBE`,
 * `ROLLUP` and aggregates of distinct values.
 *
 * The limit of the query's answer stays above if nothing below it is sorted. Spark then reads one
 * partition after another until it has enough rows. An additional limit below applies to each
 * partition.
 */
private[sql] object FewerRows extends Rule[LogicalPlan] {

  override def apply(plan: LogicalPlan): LogicalPlan = ofAnswer(plan)

  private def ofAnswer(plan: LogicalPlan): LogicalPlan = plan match {
    case limit @ (_: GlobalLimit | _: LocalLimit | _: Offset) if !isSorted(limit) =>
      limit.withNewChildren(Seq(ofAnswer(limit.children.head))) match {
        case local: LocalLimit => LateCalls.limited(local)
        case other => other
      }
    case other => everywhere(other)
  }

  private def everywhere(plan: LogicalPlan): LogicalPlan = plan.transformUp {
    case filter: Filter => LateCalls.filtered(filter)
    case sample: Sample if sample.withReplacement => copied(sample)
    case sample: Sample => LateCalls.above(sample)
    case limit: LocalLimit => LateCalls.above(LimitedUnions(limit))
    case tail: Tail => LateCalls.above(tail)
    case join @ Join(_, _, LeftSemi | LeftAnti, _, _) => LateCalls.joined(join)
    case node @ (_: Sort | _: GlobalLimit | _: Offset | _: WindowGroupLimit) =>
      LateCalls.above(node.asInstanceOf[UnaryNode])
    case node: BatchPredict => belowExpand(node)
  }

  /* A sample depends on the seed, the partition and the row's position in it. Calls change none of
   * these. A row that is drawn twice is then predicted twice, so this does not apply if most rows
   * are. */
  private def copied(sample: Sample): LogicalPlan =
    if (sample.upperBound - sample.lowerBound < 1) LateCalls.repeated(sample) else sample

  // Whether a limit takes the first rows of an order.
  private def isSorted(plan: LogicalPlan): Boolean = plan match {
    case _: Sort => true
    case node @ (_: GlobalLimit | _: LocalLimit | _: Offset | _: Project | _: BatchPredict) =>
      isSorted(node.children.head)
    case _ => false
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

  // Whether each copy of a row has these columns unchanged.
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
