package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression
import org.apache.spark.sql.catalyst.expressions.{
  And,
  ArrayAggregate,
  CaseWhen,
  Coalesce,
  EqualNullSafe,
  EqualTo,
  Expression,
  GreaterThan,
  HigherOrderFunction,
  If,
  In,
  IsNaN,
  IsNotNull,
  IsNull,
  Literal,
  NaNvl,
  Not,
  Or,
  Size
}
import org.apache.spark.sql.types.{ArrayType, MapType}

/**
 * Finds the parts of an expression that Spark evaluates for some rows only: branches of `CASE` and
 * `IF`, later arguments of `COALESCE`, the right side of `AND` and `OR`, the list of `IN`, a
 * lambda's body, and the arguments of an aggregate function with a `FILTER`.
 */
private[sql] object GuardedCalls {

  /** A call, and the conditions that a row must meet to reach it. */
  final case class Place(call: Predict, guards: Seq[Expression])

  /** Returns all places of calls, including those in other calls' arguments. */
  def places(expression: Expression, guards: Seq[Expression] = Nil): Seq[Place] =
    parts(expression, guards).flatMap { case (part, needed) => places(part, needed) } ++
      Some(expression).collect { case call: Predict => Place(call, guards) }

  /** Returns the guards of a call's places, without those that imply another place's guards. */
  def weakest(guards: Seq[Seq[Expression]]): Seq[Seq[Expression]] = {
    val sets = guards.map(_.map(_.canonicalized).toSet)
    guards.zip(sets).collect {
      case (place, set) if !sets.exists(other => other != set && other.subsetOf(set)) => place
    }
  }

  /** Returns the call for rows that meet a condition. For other rows its arguments are null. */
  def guard(call: Predict, condition: Expression): Predict =
    call.copy(passed = call.passed.map(arg => If(condition, arg, Literal(null, arg.dataType))))

  /** Returns the original call and its condition, if the call was made by `guard`. */
  def guarded(call: Predict): Option[Place] = {
    val parts = call.passed.collect { case If(condition, argument, Literal(null, _)) =>
      condition -> argument
    }
    val isComplete = parts.nonEmpty && parts.size == call.passed.size &&
      parts.forall { case (condition, _) => condition.semanticEquals(parts.head._1) }
    if (isComplete) Some(Place(call.copy(passed = parts.map(_._2)), Seq(parts.head._1))) else None
  }

  /**
   * Returns the expression with its parts rewritten.
   *
   * @param change
   *   rewrites a part, given all its guards
   */
  def mapParts(expression: Expression, guards: Seq[Expression])(
      change: (Expression, Seq[Expression]) => Expression
  ): Expression = {
    val changed = parts(expression, guards).map { case (part, needed) => change(part, needed) }
    if (changed.zip(expression.children).forall { case (a, b) => a fastEquals b }) expression
    else expression.withNewChildren(changed)
  }

  // Returns one part for each child, in the children's order.
  private def parts(
      expression: Expression,
      guards: Seq[Expression]
  ): Seq[(Expression, Seq[Expression])] = expression match {
    case If(condition, yes, no) =>
      Seq(
        condition -> guards,
        yes -> (guards :+ condition),
        no -> (guards :+ isNotTrue(condition))
      )
    case choice: CaseWhen =>
      var before = guards
      val branches = choice.branches.flatMap { case (condition, value) =>
        val branch = Seq(condition -> before, value -> (before :+ condition))
        before = before :+ isNotTrue(condition)
        branch
      }
      branches ++ choice.elseValue.map(_ -> before)
    case Coalesce(values) =>
      var before = guards
      values.map { value =>
        val part = value -> before
        before = before :+ IsNull(value)
        part
      }
    case And(left, right) => Seq(left -> guards, right -> (guards :+ isNotFalse(left)))
    case Or(left, right) => Seq(left -> guards, right -> (guards :+ isNotTrue(left)))
    case AggregateExpression(function, _, _, Some(filter), _) =>
      Seq(function -> (guards :+ filter), filter -> guards)
    case In(value, list) =>
      var before = guards :+ IsNotNull(value)
      (value -> guards) +: list.map { element =>
        val part = element -> before
        before = before :+ isNotTrue(EqualTo(value, element))
        part
      }
    case NaNvl(left, right) => Seq(left -> guards, right -> (guards :+ IsNaN(left)))
    case function: HigherOrderFunction =>
      val bodies = function.functions
      function.children.map { child =>
        if (bodies.exists(_ eq child)) child -> (guards :+ isEntered(function)) else child -> guards
      }
    case other => other.children.map(_ -> guards)
  }

  // A lambda's body is evaluated if there is an element. The final function of `aggregate` is
  // evaluated for any array that is not null.
  private def isEntered(function: HigherOrderFunction): Expression = function match {
    case aggregate: ArrayAggregate => IsNotNull(aggregate.argument)
    case _ =>
      function.arguments
        .collect {
          case argument if isCollection(argument) =>
            GreaterThan(Size(argument, legacySizeOfNull = false), Literal(0))
        }
        .reduce[Expression](Or)
  }

  private def isCollection(expression: Expression): Boolean = expression.dataType match {
    case _: ArrayType | _: MapType => true
    case _ => false
  }

  private def isNotTrue(condition: Expression): Expression =
    Not(EqualNullSafe(condition, Literal.TrueLiteral))

  private def isNotFalse(condition: Expression): Expression =
    Not(EqualNullSafe(condition, Literal.FalseLiteral))
}
