package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  ArrayAggregate,
  ArrayExists,
  ArrayFilter,
  ArrayForAll,
  ArrayTransform,
  Expression,
  HigherOrderFunction,
  LambdaFunction,
  NamedExpression,
  NamedLambdaVariable,
  ZipWith
}

/**
 * Lambdas with their calls taken out ([[LambdaCalls]]), where that can be: in `transform`,
 * `filter`, `zip_with` and `aggregate`. All elements that these have are evaluated anyway.
 */
private[sql] object BatchedLambdas {

  def apply(expression: Expression): Expression =
    if (!expression.exists(_.isInstanceOf[HigherOrderFunction])) expression
    else
      expression.transformUp {
        case function: HigherOrderFunction if function.functions.exists(Predict.isIn) =>
          ofFunction(function)
      }

  private def ofFunction(function: HigherOrderFunction): Expression = function match {
    case ArrayTransform(array, LambdaFunction(body, variables(element +: index), _)) =>
      transformed(LambdaCalls(Seq(array), Seq(element), 1, index.headOption, body), function)
    case ZipWith(left, right, LambdaFunction(body, variables(elements), _)) =>
      transformed(LambdaCalls(Seq(left, right), elements, 2, None, body), function)
    case ArrayFilter(array, LambdaFunction(body, variables(element +: index), _)) =>
      val calls = LambdaCalls(Seq(array), Seq(element), 1, index.headOption, body).taken
      if (!calls.isChanged) function
      else {
        val zipped = calls.arraysFor(calls.body, element)
        val left = ArrayFilter(zipped.array, zipped.lambda(calls.body, index = calls.index))
        ArrayTransform(left, Lambdas.fresh(zipped.lambda(element)))
      }
    case exists @ ArrayExists(array, LambdaFunction(body, variables(Seq(element)), _), _) =>
      tested(exists, LambdaCalls(Seq(array), Seq(element), 1, None, body, mayEnd = true))
    case forall @ ArrayForAll(array, LambdaFunction(body, variables(Seq(element)), _)) =>
      tested(forall, LambdaCalls(Seq(array), Seq(element), 1, None, body, mayEnd = true))
    case ArrayAggregate(array, zero, LambdaFunction(body, variables(Seq(sum, element)), _), end) =>
      val calls = LambdaCalls(Seq(array), Seq(element), 1, None, body, Set(sum.exprId)).taken
      if (!calls.isChanged) function
      else {
        val zipped = calls.arraysFor(calls.body)
        ArrayAggregate(zipped.array, zero, zipped.lambda(calls.body, before = Seq(sum)), end)
      }
    case other => other
  }

  private def transformed(whole: LambdaCalls, function: Expression): Expression = {
    val calls = whole.taken
    if (!calls.isChanged) function
    else {
      val zipped = calls.arraysFor(calls.body)
      calls
        .arrayOf(calls.body)
        .getOrElse(ArrayTransform(zipped.array, zipped.lambda(calls.body, index = calls.index)))
    }
  }

  private def tested(function: HigherOrderFunction, whole: LambdaCalls): Expression = {
    val calls = whole.taken
    if (!calls.isChanged) function
    else {
      val zipped = calls.arraysFor(calls.body)
      function.withNewChildren(Seq(zipped.array, zipped.lambda(calls.body)))
    }
  }

  private object variables {
    def unapply(arguments: Seq[NamedExpression]): Option[Seq[NamedLambdaVariable]] =
      Some(arguments.collect { case variable: NamedLambdaVariable => variable })
  }
}
