package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  Alias,
  Attribute,
  AttributeSeq,
  ExprId,
  NamedExpression
}
import org.apache.spark.sql.catalyst.plans.QueryPlan

/**
 * Calls and what is made of their results, in a form that is the same for the same work, so that
 * Spark finds an exchange, a subquery or cached data that is there already. An attribute becomes
 * its place among the child's columns and the results.
 */
private[sql] object CanonicalCalls {

  def apply(
      calls: Seq[Predict],
      results: Seq[Attribute],
      child: Seq[Attribute]
  ): (Seq[Predict], Seq[Attribute]) = {
    val made = calls.map(call => QueryPlan.normalizeExpressions(call, AttributeSeq(child)))
    val all = AttributeSeq(child ++ results)
    (made, results.map(QueryPlan.normalizeExpressions(_, all)))
  }

  /** What comes out: an alias's own name and id say nothing of what it is. */
  def projected(list: Seq[NamedExpression], all: Seq[Attribute]): Seq[NamedExpression] =
    list.zipWithIndex.map {
      case (alias: Alias, index) =>
        val child = QueryPlan.normalizeExpressions(alias.child, AttributeSeq(all))
        Alias(child, "")(ExprId(index.toLong), alias.qualifier)
      case (other, _) => QueryPlan.normalizeExpressions(other, AttributeSeq(all))
    }
}
