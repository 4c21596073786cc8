package tfpredict.sql

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{
  Attribute,
  AttributeSet,
  NamedExpression,
  SortOrder
}
import org.apache.spark.sql.execution.metric.SQLMetric
import org.apache.spark.sql.execution.{
  OrderPreservingUnaryExecNode,
  PartitioningPreservingUnaryExecNode,
  SparkPlan,
  UnaryExecNode
}

/**
 * Runs models in batches. It encodes and runs its child's rows, and projects the rows and results
 * to its output. [[PredictPartition]] does the work on a partition.
 *
 * @param calls
 *   calls with the same arguments, of models with the same inputs
 * @param projectList
 *   expressions over the child's output and the results
 */
private[sql] case class PredictExec(
    calls: Seq[Predict],
    results: Seq[Attribute],
    projectList: Seq[NamedExpression],
    child: SparkPlan
) extends UnaryExecNode
    with PartitioningPreservingUnaryExecNode
    with OrderPreservingUnaryExecNode {

  override def output: Seq[Attribute] = projectList.map(_.toAttribute)

  override def producedAttributes: AttributeSet = AttributeSet(results)

  override protected def outputExpressions: Seq[NamedExpression] = projectList

  override protected def orderingExpressions: Seq[SortOrder] = child.outputOrdering

  override lazy val metrics: Map[String, SQLMetric] = PredictMetrics.create(sparkContext)

  override protected def doExecute(): RDD[InternalRow] = {
    val partition =
      PredictPartition(calls, results, projectList, child.output, new PredictMetrics(metrics))
    child.execute().mapPartitionsWithIndex(partition.predict)
  }

  override def stringArgs: Iterator[Any] = Iterator(
    calls.zip(results).map { case (call, result) =>
      s"$call AS $result: ${call.model.describe}, batches of up to ${batchRows(call)} rows"
    },
    projectList
  )

  private def batchRows(call: Predict): Int =
    call.settings.mostRows(call.signature)

  override protected def doCanonicalize(): SparkPlan = {
    val (made, names) = CanonicalCalls(calls, results, child.output)
    val list = CanonicalCalls.projected(projectList, child.output ++ results)
    PredictExec(made, names, list, child.canonicalized)
  }

  override protected def withNewChildInternal(child: SparkPlan): PredictExec = copy(child = child)
}
