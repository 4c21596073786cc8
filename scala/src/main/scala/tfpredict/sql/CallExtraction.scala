package tfpredict.sql

import scala.collection.mutable

import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression
import org.apache.spark.sql.catalyst.expressions.{
  And,
  Attribute,
  AttributeReference,
  CaseWhen,
  Coalesce,
  EqualNullSafe,
  Expression,
  If,
  IsNull,
  Literal,
  NamedLambdaVariable,
  Not,
  OuterReference,
  WindowExpression
}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan

/**
 * Takes calls out of a node's expressions, one round: the innermost ones whose arguments a child of
 * the node provides. Each becomes an attribute, and `plan` is the child with the calls' results.
 *
 * A call in a branch of `CASE`, `IF` or `COALESCE` is made for the rows that take the branch: for
 * all others its arguments are null, and so nothing runs. It is made for all rows if it stands
 * outside a branch too.
 */
final private[sql] class CallExtraction(child: LogicalPlan, expressions: Seq[Expression]) {
  private val available = child.outputSet
  private val unconditional = expressions.flatMap(outsideBranches)
  private val made = mutable.ArrayBuffer.empty[(Predict, Attribute)]
  private var source = child
  private var isRewritten = false

  /** Whether no call was taken. */
  def isEmpty: Boolean = !isRewritten

  def rewrite(expression: Expression): Expression = rewrite(expression, Nil)

  /** The child with the results. Calls of the same arguments and inputs are one node. */
  def plan: LogicalPlan = {
    val groups = mutable.LinkedHashMap.empty[Any, Seq[(Predict, Attribute)]]
    for ((call, result) <- made) {
      val key = if (call.deterministic) CallExtraction.encoding(call) else result.exprId
      groups(key) = groups.getOrElse(key, Nil) :+ (call -> result)
    }
    groups.values.foldLeft(source) { (plan, group) =>
      BatchPredict(group.map(_._1), group.map(_._2), plan)
    }
  }

  private def rewrite(expression: Expression, guards: Seq[Expression]): Expression =
    expression match {
      case call: Predict if isProvided(call) =>
        if (unconditional.exists(_.semanticEquals(call))) result(call)
        else if (guards.forall(isUsable)) result(guarded(call, guards))
        else call // A condition that is itself a call's is known in the next round.
      case If(condition, yes, no) =>
        val tested = rewrite(condition, guards)
        If(tested, rewrite(yes, guards :+ tested), rewrite(no, guards :+ isNotTrue(tested)))
      case CaseWhen(branches, otherwise) =>
        var before = guards
        val rewritten = branches.map { case (condition, value) =>
          val tested = rewrite(condition, before)
          val branch = (tested, rewrite(value, before :+ tested))
          before = before :+ isNotTrue(tested)
          branch
        }
        CaseWhen(rewritten, otherwise.map(rewrite(_, before)))
      case Coalesce(values) =>
        var before = guards
        Coalesce(values.map { value =>
          val rewritten = rewrite(value, before)
          before = before :+ IsNull(rewritten)
          rewritten
        })
      case other => other.mapChildren(rewrite(_, guards))
    }

  private def result(call: Predict): Attribute = {
    isRewritten = true
    val known =
      if (!call.deterministic) None
      else made.collectFirst { case (same, result) if same.semanticEquals(call) => result }
    known.orElse(below(call)).getOrElse {
      val result = AttributeReference(call.functionName, call.dataType)()
      made += call -> result
      result
    }
  }

  // A node below may have made the call already, such as a filter's under a projection.
  private def below(call: Predict): Option[Attribute] =
    if (!call.deterministic) None
    else {
      SharedCalls.expose(source, call).map { case (plan, result) =>
        source = plan
        result
      }
    }

  private def isProvided(call: Predict): Boolean =
    call.references.subsetOf(available) && !call.passed.exists(_.exists {
      case _: Predict | _: AggregateExpression | _: WindowExpression => true
      case _: NamedLambdaVariable | _: OuterReference => true
      case _ => false
    })

  private def isUsable(guard: Expression): Boolean =
    guard.deterministic && guard.references.subsetOf(available) &&
      !Predict.isIn(guard)

  private def guarded(call: Predict, guards: Seq[Expression]): Predict =
    if (guards.isEmpty) call
    else {
      val guard = guards.reduce(And)
      call.copy(passed = call.passed.map(arg => If(guard, arg, Literal(null, arg.dataType))))
    }

  private def isNotTrue(condition: Expression): Expression =
    Not(EqualNullSafe(condition, Literal.TrueLiteral))

  private def outsideBranches(expression: Expression): Seq[Predict] = expression match {
    case call: Predict => call +: call.passed.flatMap(outsideBranches)
    case If(condition, _, _) => outsideBranches(condition)
    case CaseWhen(branches, _) => outsideBranches(branches.head._1)
    case Coalesce(values) => values.headOption.toSeq.flatMap(outsideBranches)
    case other => other.children.flatMap(outsideBranches)
  }
}

private object CallExtraction {

  /** What calls must have in common to be encoded once. */
  def encoding(call: Predict): Any =
    (
      call.arguments.map(_.canonicalized),
      call.signature.inputs.map(input => (input.dtype, input.shape)),
      call.settings
    )
}
