package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  Attribute,
  AttributeMap,
  AttributeSet,
  Expression,
  SortOrder
}
import org.apache.spark.sql.catalyst.plans.logical.{
  GlobalLimit,
  LocalLimit,
  LogicalPlan,
  Project,
  Sort,
  Union
}

/**
 * Pushes a limit on a sorted union into each branch, below the branch's calls. The first rows of
 * the union are among the first rows of each branch.
 */
private[sql] object LimitedUnions {

  def apply(limit: LocalLimit): LocalLimit =
    limit.copy(child = limited(limit.child, limit.limitExpr))

  private def limited(plan: LogicalPlan, count: Expression): LogicalPlan = plan match {
    case Project(list, child) if list.forall(_.deterministic) =>
      Project(list, limited(child, count))
    case sort: Sort if sort.global && sort.order.forall(_.deterministic) =>
      sort.child match {
        case union: Union =>
          val branches =
            union.children.map(branch => first(branch, union, sort, count))
          sort.copy(child = union.withNewChildren(branches))
        case _ => sort
      }
    case other => other
  }

  private def first(
      branch: LogicalPlan,
      union: Union,
      sort: Sort,
      count: Expression
  ): LogicalPlan = {
    val own = AttributeMap(union.output.zip(branch.output))
    val sorting = sort.order.map(_.transform {
      case column: Attribute => own.getOrElse(column, column)
    }.asInstanceOf[SortOrder])
    if (!LateCalls.areOn(branch, AttributeSet(sorting.flatMap(_.references)))) branch
    else {
      val sorted = LateCalls.above(sort.copy(order = sorting, child = branch))
      LateCalls.above(GlobalLimit(count, LateCalls.above(LocalLimit(count, sorted))))
    }
  }
}
