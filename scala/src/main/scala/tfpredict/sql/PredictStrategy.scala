package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.IntegerLiteral
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, Project, Tail}
import org.apache.spark.sql.execution.{CollectTailExec, SparkPlan, SparkStrategy}

/**
 * Plans a [[BatchPredict]] together with the projection above it, so that no unused column waits
 * for results.
 */
private[sql] object PredictStrategy extends SparkStrategy {
  override def apply(plan: LogicalPlan): Seq[SparkPlan] = plan match {
    case Project(list, BatchPredict(calls, results, child)) =>
      PredictExec(calls, results, list, planLater(child)) :: Nil
    case node @ BatchPredict(calls, results, child) =>
      PredictExec(calls, results, node.output, planLater(child)) :: Nil
    // Spark plans a `Tail` only at the top of a query, and not below a prediction.
    case Tail(IntegerLiteral(count), child) => CollectTailExec(count, planLater(child)) :: Nil
    case _ => Nil
  }
}
