package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  ExprId,
  Expression,
  LambdaFunction,
  NamedLambdaVariable
}

/** Finds the lambda variables that an expression uses. */
private[sql] object Lambdas {

  /** Whether an expression uses a variable of an enclosing lambda. */
  def isOpen(expression: Expression): Boolean = free(expression).nonEmpty

  /** Returns the variables of enclosing lambdas that an expression uses. */
  def free(expression: Expression): Set[ExprId] = expression match {
    case variable: NamedLambdaVariable => Set(variable.exprId)
    case LambdaFunction(body, arguments, _) => free(body) -- arguments.map(_.exprId)
    case other => other.children.flatMap(free).toSet
  }

  /** Whether the expression is a nondeterministic call. */
  def draws(expression: Expression): Boolean = expression match {
    case call: Predict => !call.deterministic
    case _ => false
  }

  /** Returns the lambda with new variables, since no two lambdas of a plan may share one. */
  def fresh(lambda: LambdaFunction): LambdaFunction = {
    val renamed = lambda.arguments.map(old => old.exprId -> old.newInstance()).toMap
    lambda.transform {
      case variable: NamedLambdaVariable => renamed.getOrElse(variable.exprId, variable)
    }.asInstanceOf[LambdaFunction]
  }
}
