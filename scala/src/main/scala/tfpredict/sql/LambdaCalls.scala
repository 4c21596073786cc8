package tfpredict.sql

import scala.annotation.tailrec
import scala.collection.mutable

import org.apache.spark.sql.catalyst.expressions.{
  And,
  ArrayTransform,
  CreateNamedStruct,
  ExprId,
  Expression,
  If,
  LambdaFunction,
  Literal,
  NamedLambdaVariable,
  Or
}
import org.apache.spark.sql.types.ArrayType

import tfpredict.OnError

/**
 * Takes calls out of a lambda over arrays, so that they run for all elements of all rows together.
 * `transform(xs, x -> x + f(x))` becomes `transform(zip(xs, ys), (x, y) -> x + y)`. Here `ys` is
 * one call for all elements of `transform(xs, x -> struct(x))`. In a nested lambda the result is a
 * call that is taken out of the outer lambda in turn.
 *
 * If a call is under a condition, its arguments are null for elements that do not meet it. If the
 * condition or an argument contains another call, it waits for that call's round.
 *
 * @param arrays
 *   the arrays that the lambda iterates over. Those after the first `own` hold results, and are as
 *   long as the longest.
 * @param variables
 *   the lambda's variable for each array
 * @param own
 *   number of arrays in the original lambda
 * @param index
 *   the lambda's variable for an element's index, if it has one
 * @param body
 *   the lambda's body
 * @param others
 *   variables of the lambda that are not elements, such as the accumulator of `aggregate`
 * @param mayEnd
 *   whether the evaluation may end before the last element. A rejected element then fails only when
 *   its result is read.
 */
final private[sql] case class LambdaCalls(
    arrays: Seq[Expression],
    variables: Seq[NamedLambdaVariable],
    own: Int,
    index: Option[NamedLambdaVariable],
    body: Expression,
    others: Set[ExprId] = Set.empty,
    mayEnd: Boolean = false
) {
  import GuardedCalls.Place

  private val elements = (variables ++ index).map(_.exprId).toSet
  // Variables that are defined inside the body only.
  private val inner: Set[ExprId] = others ++ body.collect { case lambda: LambdaFunction =>
    lambda.arguments.map(_.exprId)
  }.flatten

  /** Returns this lambda with all possible calls taken out. */
  @tailrec def taken: LambdaCalls = {
    val next = round
    if (next.arrays.size == arrays.size) this else next.taken
  }

  /** Whether a call was taken out. */
  def isChanged: Boolean = arrays.size > own

  /** Returns the array whose element a variable is. */
  def arrayOf(variable: Expression): Option[Expression] = variable match {
    case variable: NamedLambdaVariable =>
      variables.zip(arrays).collectFirst {
        case (same, array) if same.exprId == variable.exprId => array
      }
    case _ => None
  }

  /**
   * Returns the arrays that the expressions use. An unused array is left out, so that its results
   * are not waited for. If the lambda uses one of several zipped arrays, all of them stay, since
   * the longest decides the length.
   */
  def arraysFor(expressions: Expression*): ZippedArrays = {
    val free = expressions.flatMap(Lambdas.free).toSet
    val (first, results) =
      arrays.indices.filter(place => free(variables(place).exprId)).partition(_ < own)
    val places =
      if (first.isEmpty && results.nonEmpty) results
      else if (first.isEmpty || own > 1) (0 until own) ++ results
      else first ++ results
    ZippedArrays(places.map(arrays), places.map(variables))
  }

  private def round: LambdaCalls = {
    val made = mutable.ArrayBuffer.empty[(Predict, NamedLambdaVariable)]

    def result(written: Expression, call: Predict): Expression = {
      val known =
        if (!call.deterministic) None
        else made.collectFirst { case (same, known) if key(same) == key(call) => known }
      val variable = known.getOrElse {
        val ArrayType(result, containsNull) = call.dataType
        val variable = NamedLambdaVariable(call.functionName, result, containsNull)
        made += call -> variable
        variable
      }
      written match {
        case same: Predict if same.settings != call.settings => LateAnswer.read(variable)
        case _ => variable
      }
    }

    val decided: Map[Expression, Predict] =
      GuardedCalls
        .places(body)
        .filter(place => place.call.deterministic && isProvided(place.call))
        .groupBy(place => key(place.call))
        .filter { case (_, same) => isOfElements(same) }
        .flatMap { case (key, same) => once(same).map(key -> _) }

    def rewrite(expression: Expression, guards: Seq[Expression]): Expression = {
      val chosen = expression match {
        case call: Predict if isProvided(call) =>
          val here = Seq(Place(call, guards))
          // Calls that depend on each other's results are made separately, each at its own place.
          if (!call.deterministic || decided.isEmpty && isOpen(call)) once(here)
          else decided.get(key(call))
        case _ => None
      }
      chosen.fold(GuardedCalls.mapParts(expression, guards)(rewrite))(result(expression, _))
    }

    val rest = rewrite(body, Nil)
    copy(
      arrays = arrays ++ made.map(_._1),
      variables = variables ++ made.map(_._2),
      body = rest
    )
  }

  /* Returns the call for all elements that reach one of its places, or none if one of their
   * conditions cannot be evaluated yet. */
  private def once(places: Seq[Place]): Option[Predict] = {
    val call = places.head.call
    val guards = GuardedCalls.weakest(places.map(_.guards.filter(isHeeded(call, _))))
    val isAlways = guards.exists(_.isEmpty)
    if (!isAlways && !guards.forall(_.forall(isUsable))) None
    else {
      val arguments =
        if (call.nesting > 0) call.passed.head
        else
          // Fields are named by number, so that models with other input names can share the
          // encoding.
          CreateNamedStruct(call.arguments.zipWithIndex.flatMap { case (argument, input) =>
            Seq(Literal(input.toString), argument)
          })
      val needed =
        if (isAlways) arguments
        else {
          val guard = guards.map(_.reduce(And)).distinct.reduce(Or)
          If(guard, arguments, Literal(null, arguments.dataType))
        }
      val sources = arraysFor(needed)
      // Otherwise random values would differ between the arguments and the rest of the body.
      if (!sources.arrays.forall(_.deterministic)) None
      else {
        val lambda = Lambdas.fresh(sources.lambda(needed, index = index))
        val isLate = mayEnd && call.settings.onError == OnError.Fail
        Some((if (isLate) LateAnswer.call(call) else call).copy(
          passed = Seq(ArrayTransform(sources.array, lambda)),
          binding = Binding.ByPosition(isCaseSensitive = true),
          nesting = call.nesting + 1
        ))
      }
    }
  }

  // A condition that contains the call itself adds nothing, as for calls outside lambdas.
  private def isHeeded(call: Predict, guard: Expression): Boolean =
    !(call.deterministic && guard.exists {
      case part: Predict => key(part) == key(call)
      case _ => false
    })

  private def isUsable(guard: Expression): Boolean =
    guard.deterministic && isOutside(guard) && !hasCall(guard)

  /* Whether the call depends on the element: by its arguments, by a condition, or by drawing random
   * numbers. Any other call belongs to the row. */
  private def isOfElements(places: Seq[Place]): Boolean = {
    val call = places.head.call
    !call.deterministic || isOpen(call) || places.forall(_.guards.exists(isOpen))
  }

  private def isProvided(call: Predict): Boolean =
    isOutside(call) && !call.passed.exists(hasCall)

  private def isOpen(expression: Expression): Boolean = Lambdas.free(expression).exists(elements)

  // Whether it can be evaluated with the lambda's elements alone.
  private def isOutside(expression: Expression): Boolean =
    !Lambdas.free(expression).exists(inner)

  private def hasCall(expression: Expression): Boolean = expression.exists {
    case call: Predict => !call.deterministic || isOpen(call)
    case _ => false
  }

  private def key(call: Predict): Expression = call.transform {
    case variable: NamedLambdaVariable if elements(variable.exprId) => variable.toAttribute
  }.canonicalized
}
