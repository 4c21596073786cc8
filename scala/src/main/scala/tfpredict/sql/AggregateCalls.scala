package tfpredict.sql

import scala.collection.mutable

import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression
import org.apache.spark.sql.catalyst.expressions.{
  Alias,
  Attribute,
  Expression,
  NamedExpression
}
import org.apache.spark.sql.catalyst.plans.logical.{Aggregate, LogicalPlan, Project}

/**
 * Splits an aggregate that has calls outside its aggregate functions. Calls in the grouping
 * expressions move into a projection below it, and calls on its results into one above. Only calls
 * in the arguments of aggregate functions remain. A [[BatchPredict]] below serves them.
 */
private[sql] object AggregateCalls {

  /** Returns an equivalent plan, or the aggregate itself if there is nothing to split. */
  def split(aggregate: Aggregate): LogicalPlan =
    if (aggregate.groupingExpressions.exists(Predict.isIn)) groupedBelow(aggregate)
    else if (aggregate.aggregateExpressions.exists(hasOuterCall)) projectedAbove(aggregate)
    else aggregate

  private def groupedBelow(aggregate: Aggregate): LogicalPlan = {
    val computed = aggregate.groupingExpressions.filter(Predict.isIn).map(Alias(_, "group")())
    def replace(expression: Expression): Expression = expression.transformDown {
      case same if computed.exists(_.child.semanticEquals(same)) =>
        computed.find(_.child.semanticEquals(same)).get.toAttribute
    }
    Aggregate(
      aggregate.groupingExpressions.map(replace),
      aggregate.aggregateExpressions.map(named(_, replace)),
      Project(aggregate.child.output ++ computed, aggregate.child)
    )
  }

  private def projectedAbove(aggregate: Aggregate): LogicalPlan = {
    val pieces = mutable.ArrayBuffer.empty[NamedExpression]
    def piece(expression: Expression): Attribute = {
      val known = pieces.collectFirst {
        case alias: Alias if alias.child.semanticEquals(expression) => alias.toAttribute
        case attribute: Attribute if attribute.semanticEquals(expression) => attribute
      }
      known.getOrElse {
        val made = expression match {
          case attribute: Attribute => attribute
          case other => Alias(other, "piece")()
        }
        pieces += made
        made.toAttribute
      }
    }
    def replace(expression: Expression): Expression = expression match {
      case function: AggregateExpression => piece(function)
      case group if aggregate.groupingExpressions.exists(_.semanticEquals(group)) => piece(group)
      case other => other.mapChildren(replace)
    }
    val above = aggregate.aggregateExpressions.map(named(_, replace))
    Project(above, Aggregate(aggregate.groupingExpressions, pieces.toList, aggregate.child))
  }

  // The projection above must keep the output's names and ids.
  private def named(
      expression: NamedExpression,
      replace: Expression => Expression
  ): NamedExpression = expression match {
    case alias: Alias => alias.withNewChildren(Seq(replace(alias.child))).asInstanceOf[Alias]
    case attribute =>
      replace(attribute) match {
        case same: NamedExpression if same.exprId == attribute.exprId => same
        case other => Alias(other, attribute.name)(attribute.exprId, attribute.qualifier)
      }
  }

  private def hasOuterCall(expression: Expression): Boolean = expression match {
    case _: Predict => true
    case _: AggregateExpression => false
    case other => other.children.exists(hasOuterCall)
  }
}
