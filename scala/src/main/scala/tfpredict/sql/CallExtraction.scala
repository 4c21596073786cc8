package tfpredict.sql

import scala.collection.mutable

import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression
import org.apache.spark.sql.catalyst.expressions.{
  And,
  Attribute,
  AttributeReference,
  Expression,
  If,
  LambdaFunction,
  Not,
  Or,
  OuterReference,
  WindowExpression
}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan

/**
 * Takes calls out of a node's expressions, in one round: the innermost calls whose arguments one
 * child of the node provides. An attribute replaces each call. `plan` is the child with the calls'
 * results.
 *
 * A call under a condition runs only for rows that meet it. For other rows its arguments are null,
 * so the model does not run. A call that occurs several times runs once, for the rows that reach
 * any of its places. If the condition contains another call, it waits for that call's round.
 *
 * @param isSide
 *   whether the child is one side of a join. A condition that uses the other side is then ignored.
 */
final private[sql] class CallExtraction(
    child: LogicalPlan,
    expressions: Seq[Expression],
    isSide: Boolean = false
) {
  import GuardedCalls.Place

  private val available = child.outputSet
  private val made = mutable.ArrayBuffer.empty[(Predict, Attribute)]
  private val completed = mutable.Map.empty[Expression, Expression]
  private var source = child
  private var isRewritten = false

  // The form in which each call of this round is made, by its canonical form.
  private val decided: Map[Expression, Predict] =
    expressions
      .flatMap(GuardedCalls.places(_))
      .filter(place => place.call.deterministic && isProvided(place.call))
      .groupBy(_.call.canonicalized)
      .flatMap { case (key, same) => once(same).map(key -> _) }

  /** Whether no call was taken out. */
  def isEmpty: Boolean = !isRewritten

  def rewrite(expression: Expression): Expression = rewrite(expression, Nil)

  /**
   * Returns the child with the calls' results. Calls with the same arguments and inputs share one
   * node.
   */
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
        // Calls that depend on each other's results are made separately, each at its own place.
        val chosen =
          if (decided.isEmpty || !call.deterministic) once(Seq(Place(call, guards)))
          else decided.get(call.canonicalized)
        chosen.fold[Expression](call)(result)
      // A call that draws random numbers must run for each element.
      case lambda: LambdaFunction if lambda.exists(Lambdas.draws) => lambda
      case other => GuardedCalls.mapParts(other, guards)(rewrite)
    }

  /* Returns the call for the rows that reach one of its places, or none if one of their conditions
   * cannot be evaluated yet. */
  private def once(places: Seq[Place]): Option[Predict] = {
    val call = places.head.call
    val guards = GuardedCalls.weakest(places.map(_.guards.filter(isHeeded(call, _))))
    if (guards.exists(_.isEmpty)) Some(call)
    else if (guards.forall(_.forall(isUsable))) {
      val guard = guards.map(_.reduce(And)).distinct.reduce(Or)
      Some(GuardedCalls.guard(call, guard))
    } else None
  }

  /* A condition that contains the call itself adds nothing: evaluating it requires the call's
   * result. */
  private def isHeeded(call: Predict, guard: Expression): Boolean =
    !guard.exists(part => call.deterministic && part.semanticEquals(call)) &&
      !(isSide && !guard.references.subsetOf(available))

  private def result(call: Predict): Expression = {
    isRewritten = true
    if (!call.deterministic) attribute(call)
    else completed.getOrElseUpdate(call.canonicalized, below(call).getOrElse(rest(call)))
  }

  private def attribute(call: Predict): Attribute = {
    val result = AttributeReference(call.functionName, call.dataType, call.nullable)()
    made += call -> result
    result
  }

  // A node below may already make the call, for example for a filter under a projection.
  private def below(call: Predict): Option[Attribute] =
    (call +: GuardedCalls.guarded(call).map(_.call).toSeq).flatMap { same =>
      SharedCalls.expose(source, same).map { case (plan, result) =>
        source = plan
        result
      }
    }.headOption

  /* A node below may make the call for some of the rows. It is then made only for the others. */
  private def rest(call: Predict): Expression = {
    val place = GuardedCalls.guarded(call).getOrElse(Place(call, Nil))
    val (plan, parts) = SharedCalls.exposeGuarded(source, place.call)
    source = plan
    val others = place.guards ++ parts.map { case (isMade, _) => Not(isMade) }
    val last = if (parts.isEmpty) call else GuardedCalls.guard(place.call, others.reduce(And))
    parts.foldRight[Expression](attribute(last)) { case ((isMade, result), other) =>
      If(isMade, result, other)
    }
  }

  private def isProvided(call: Predict): Boolean =
    call.references.subsetOf(available) && !Lambdas.isOpen(call) && !call.passed.exists(_.exists {
      case _: Predict | _: AggregateExpression | _: WindowExpression | _: OuterReference => true
      case _ => false
    })

  private def isUsable(guard: Expression): Boolean =
    guard.deterministic && guard.references.subsetOf(available) &&
      !Predict.isIn(guard) && !Lambdas.isOpen(guard)
}

private object CallExtraction {

  /** The properties that calls must share to be encoded together. */
  def encoding(call: Predict): Any =
    (
      call.arguments.map(_.canonicalized),
      call.signature.inputs.map(input => (input.dtype, input.shape)),
      call.settings
    )
}
