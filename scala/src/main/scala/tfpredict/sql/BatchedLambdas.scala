package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  ArrayAggregate,
  ArrayExists,
  ArrayFilter,
  ArrayForAll,
  ArrayTransform,
  CreateNamedStruct,
  Expression,
  HigherOrderFunction,
  LambdaFunction,
  Literal,
  MapFilter,
  MapFromArrays,
  MapKeys,
  MapValues,
  NamedExpression,
  NamedLambdaVariable,
  TransformKeys,
  TransformValues,
  ZipWith
}

/**
 * Moves calls out of lambdas, by [[LambdaCalls]], so that they run in batches. This covers all
 * functions over arrays and maps except `array_sort`, whose lambda compares two elements. A map is
 * handled as two arrays.
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
      if (calls.isChanged) filtered(calls, element) else function
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
    case TransformValues(map, LambdaFunction(body, variables(Seq(key, value)), _)) =>
      val calls = ofMap(map, key, value, body).taken
      if (calls.isChanged) MapOfEntries(each(calls, entry(key, calls.body))) else function
    case TransformKeys(map, LambdaFunction(body, variables(Seq(key, value)), _)) =>
      val calls = ofMap(map, key, value, body).taken
      if (calls.isChanged) MapFromArrays(each(calls, calls.body), MapValues(map)) else function
    case MapFilter(map, LambdaFunction(body, variables(Seq(key, value)), _)) =>
      val calls = ofMap(map, key, value, body).taken
      if (calls.isChanged) MapOfEntries(filtered(calls, entry(key, value))) else function
    case other => other
  }

  private def ofMap(
      map: Expression,
      key: NamedLambdaVariable,
      value: NamedLambdaVariable,
      body: Expression
  ) = LambdaCalls(Seq(MapKeys(map), MapValues(map)), Seq(key, value), 2, None, body)

  private def entry(key: Expression, value: Expression): Expression =
    CreateNamedStruct(Seq(Literal("key"), key, Literal("value"), value))

  // Builds an array with the value of `made` for each element.
  private def each(calls: LambdaCalls, made: Expression): Expression = {
    val zipped = calls.arraysFor(made)
    calls
      .arrayOf(made)
      .getOrElse(ArrayTransform(zipped.array, zipped.lambda(made, index = calls.index)))
  }

  // Builds the same array for the elements that meet the body's condition.
  private def filtered(calls: LambdaCalls, made: Expression): Expression = {
    val zipped = calls.arraysFor(calls.body, made)
    val left = ArrayFilter(zipped.array, zipped.lambda(calls.body, index = calls.index))
    ArrayTransform(left, Lambdas.fresh(zipped.lambda(made)))
  }

  private def transformed(whole: LambdaCalls, function: Expression): Expression = {
    val calls = whole.taken
    if (calls.isChanged) each(calls, calls.body) else function
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
