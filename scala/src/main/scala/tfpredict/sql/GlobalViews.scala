package tfpredict.sql

import org.apache.spark.sql.catalyst.analysis.GlobalTempView
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.catalyst.rules.Rule
import org.apache.spark.sql.execution.command.CreateViewCommand

/**
 * Makes a global temporary view that calls a model keep its plan and not its text, like a view of a
 * DataFrame. Other sessions that read the view may lack the function, or have another one of that
 * name.
 */
private[sql] object GlobalViews extends Rule[LogicalPlan] {
  override def apply(plan: LogicalPlan): LogicalPlan = plan match {
    case view: CreateViewCommand
        if view.viewType == GlobalTempView && view.originalText.nonEmpty && calls(view.plan) =>
      view.copy(originalText = None)
    case other => other
  }

  private def calls(plan: LogicalPlan): Boolean =
    plan.collectWithSubqueries {
      case node if node.expressions.exists(Predict.isIn) => node
    }.nonEmpty
}
