package tfpredict.sql

import scala.annotation.tailrec

import org.apache.spark.sql.catalyst.expressions.{And, PredicateHelper}
import org.apache.spark.sql.catalyst.optimizer.{CollapseProject, ColumnPruning, RemoveNoopOperators}
import org.apache.spark.sql.catalyst.plans.Inner
import org.apache.spark.sql.catalyst.plans.logical.{
  Aggregate,
  Filter,
  Join,
  LogicalPlan,
  Project,
  Subquery,
  UnaryNode
}
import org.apache.spark.sql.catalyst.rules.Rule

/**
 * Moves each [[Predict]] out of its node and its lambdas into a [[BatchPredict]] below, if one
 * child provides the arguments. This runs after all other optimizations, so predictions are pushed
 * down and pruned like plain expressions. The remaining calls, in some lambdas or over both sides
 * of an outer join, are evaluated row by row.
 *
 * The idea comes from Spark's `ExtractPythonUDFs`. In addition, a node shares calls with the nodes
 * below it. A call under a condition runs only for rows that meet it.
 */
private[sql] object ExtractPredicts extends Rule[LogicalPlan] with PredicateHelper {

  override def apply(plan: LogicalPlan): LogicalPlan = plan match {
    // It becomes a join, and this rule then sees that.
    case subquery: Subquery if subquery.correlated => plan
    case _ =>
      val extracted = planned(extract(plan))
      // Drops columns that only calls need. Spark's own rules ran before the calls were moved.
      if (extracted.fastEquals(plan)) plan
      else RemoveNoopOperators(CollapseProject(ColumnPruning(FewerRows(extracted))))
  }

  private def extract(plan: LogicalPlan): LogicalPlan = plan.transformUp {
    case node: BatchPredict => node
    case node if !node.expressions.exists(Predict.isIn) => node
    case aggregate: Aggregate =>
      AggregateCalls.split(aggregate) match {
        case `aggregate` => sameOutput(aggregate, below(aggregate))
        case split => extract(split)
      }
    case filter: Filter => sameOutput(filter, leftInFilter(passed(filter)))
    case join: Join => sameOutput(join, sides(join))
    case node: UnaryNode => sameOutput(node, below(node))
  }

  // Spark plans a query that contains a subquery differently.
  private def planned(plan: LogicalPlan): LogicalPlan = plan.transformAllExpressions {
    case call: Predict if call.mark.exists(OnExecutors.isSubquery) =>
      call.copy(mark = OnExecutors.markInPlan)
  }

  private def passed(filter: Filter): LogicalPlan = {
    val (calling, plain) = splitConjunctivePredicates(filter.condition).partition(Predict.isIn)
    val (pushed, drawn) = plain.partition(_.deterministic)
    if (pushed.isEmpty) below(filter)
    else {
      // The calls come first, since a nondeterministic condition cannot guard them.
      below(Filter((calling ++ drawn).reduce(And), Filter(pushed.reduce(And), filter.child)))
    }
  }

  // A call that no node below makes, for example one in a lambda.
  private def leftInFilter(plan: LogicalPlan): LogicalPlan = plan match {
    case filter: Filter =>
      filter.copy(condition = filter.condition.transform {
        case call: Predict => call.copy(mark = OnExecutors.markInFilter)
      })
    case other => other
  }

  /** Returns the node with its calls moved below it. A nested call takes another round. */
  @tailrec private def below(unary: UnaryNode): UnaryNode = {
    val node = unary.mapExpressions(BatchedLambdas(_)).asInstanceOf[UnaryNode]
    val extraction = new CallExtraction(node.child, node.expressions)
    val rewritten = node.mapExpressions(extraction.rewrite).asInstanceOf[UnaryNode]
    if (extraction.isEmpty) node
    else below(rewritten.withNewChildren(Seq(extraction.plan)).asInstanceOf[UnaryNode])
  }

  @tailrec private def sides(whole: Join): LogicalPlan = {
    val join = whole.copy(condition = whole.condition.map(BatchedLambdas(_)))
    val left = new CallExtraction(join.left, join.expressions, isSide = true)
    val right = new CallExtraction(join.right, join.expressions, isSide = true)
    val rewritten = join.condition.map(condition => right.rewrite(left.rewrite(condition)))
    if (left.isEmpty && right.isEmpty) acrossSides(join)
    else sides(join.copy(left = left.plan, right = right.plan, condition = rewritten))
  }

  // An inner join's condition over both sides is equivalent to a filter on the joined rows.
  private def acrossSides(join: Join): LogicalPlan = {
    val (calling, plain) =
      join.condition.toSeq.flatMap(splitConjunctivePredicates).partition(Predict.isIn)
    if (join.joinType != Inner || calling.isEmpty) join
    else below(Filter(calling.reduce(And), join.copy(condition = plain.reduceOption(And))))
  }

  private def sameOutput(before: LogicalPlan, after: LogicalPlan): LogicalPlan =
    if (after.output.map(_.exprId) == before.output.map(_.exprId)) after
    else Project(before.output, after)
}
