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
 * Converts calls and expressions of their results to a canonical form. Equal work then has an equal
 * form, so that Spark reuses exchanges, subqueries and cached data. An attribute is replaced by its
 * position among the child's columns and the results.
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

  /** Canonicalizes the output list. An alias's name and id do not matter. */
  def projected(list: Seq[NamedExpression], all: Seq[Attribute]): Seq[NamedExpression] =
    list.zipWithIndex.map {
      case (alias: Alias, index) =>
        val child = QueryPlan.normalizeExpressions(alias.child, AttributeSeq(all))
        Alias(child, "")(ExprId(index.toLong), alias.qualifier)
      case (other, _) => QueryPlan.normalizeExpressions(other, AttributeSeq(all))
    }
}
