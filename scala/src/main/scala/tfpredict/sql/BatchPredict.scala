package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Attribute, AttributeSet}
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, UnaryNode}

/**
 * Appends the results of calls to its child's rows. Invariant: all calls have the same arguments,
 * and their models have the same inputs, so a batch is encoded once for all of them.
 */
private[sql] case class BatchPredict(
    calls: Seq[Predict],
    results: Seq[Attribute],
    child: LogicalPlan
) extends UnaryNode {

  override def output: Seq[Attribute] = child.output ++ results

  override def producedAttributes: AttributeSet = AttributeSet(results)

  override def maxRows: Option[Long] = child.maxRows

  override def maxRowsPerPartition: Option[Long] = child.maxRowsPerPartition

  override protected def doCanonicalize(): LogicalPlan = {
    val (made, names) = CanonicalCalls(calls, results, child.output)
    BatchPredict(made, names, child.canonicalized)
  }

  override protected def withNewChildInternal(child: LogicalPlan): BatchPredict =
    copy(child = child)
}
