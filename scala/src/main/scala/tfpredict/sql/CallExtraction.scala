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
 * Takes calls out of a node's expressions, one round: the innermost ones whose arguments a child of
 * the node provides. Each becomes an attribute, and `plan` is the child with the calls' results.
 *
 * A call under a condition is made for the rows that meet it: for all others its arguments are
 * null, and so nothing runs. Where one call stands in several places, it is made once, for the rows
 * that reach any of them. A condition that holds another call waits for that call's round.
 *
 * @param isSide
 *   whether the child is one side of a join, so that a condition can be about the other: it is not
 *   heeded then
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

  // What each call of this round is made as, by its canonical form.
  private val decided: Map[Expression, Predict] =
    expressions
      .flatMap(GuardedCalls.places(_))
      .filter(place => place.call.deterministic && isProvided(place.call))
      .groupBy(_.call.canonicalized)
      .flatMap { case (key, same) => once(same).map(key -> _) }

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
        // Calls that wait for each other's results are made apart, each where it stands.
        val chosen =
          if (decided.isEmpty || !call.deterministic) once(Seq(Place(call, guards)))
          else decided.get(call.canonicalized)
        chosen.fold[Expression](call)(result)
      // What draws does so for each element.
      case lambda: LambdaFunction if lambda.exists(Lambdas.draws) => lambda
      case other => GuardedCalls.mapParts(other, guards)(rewrite)
    }

  /* The call, made for the rows that reach one of its places; none where a condition of theirs
   * cannot be told yet. */
  private def once(places: Seq[Place]): Option[Predict] = {
    val call = places.head.call
    val guards = GuardedCalls.weakest(places.map(_.guards.filter(isHeeded(call, _))))
    if (guards.exists(_.isEmpty)) Some(call)
    else if (guards.forall(_.forall(isUsable))) {
      val guard = guards.map(_.reduce(And)).distinct.reduce(Or)
      Some(GuardedCalls.guard(call, guard))
    } else None
  }

  /* A condition that holds the call itself adds nothing: where it decides, the call has been made
   * for the row. */
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

  // A node below may have made the call already, such as a filter's under a projection.
  private def below(call: Predict): Option[Attribute] =
    (call +: GuardedCalls.guarded(call).map(_.call).toSeq).flatMap { same =>
      SharedCalls.expose(source, same).map { case (plan, result) =>
        source = plan
        result
      }
    }.headOption

  /* A node below may have made it for some of the rows: it is made for the others then. */
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

  /** What calls must have in common to be encoded once. */
  def encoding(call: Predict): Any =
    (
      call.arguments.map(_.canonicalized),
      call.signature.inputs.map(input => (input.dtype, input.shape)),
      call.settings
    )
}
