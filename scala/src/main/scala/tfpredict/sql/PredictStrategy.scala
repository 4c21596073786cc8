package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.IntegerLiteral
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, Project, Tail}
import org.apache.spark.sql.execution.{CollectTailExec, SparkPlan, SparkStrategy}

/** Plans [[BatchPredict]], with a projection on it, so that no column waits for nothing. */
private[sql] object PredictStrategy extends SparkStrategy {
  override def apply(plan: LogicalPlan): Seq[SparkPlan] = plan match {
    case Project(list, BatchPredict(calls, results, child)) =>
      PredictExec(calls, results, list, planLater(child)) :: Nil
    case node @ BatchPredict(calls, results, child) =>
      PredictExec(calls, results, node.output, planLater(child)) :: Nil
    // Spark plans the last rows only where they are the answer, and not what the model is given.
    case Tail(IntegerLiteral(count), child) => CollectTailExec(count, planLater(child)) :: Nil
    case _ => Nil
  }
}
