package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  ExprId,
  Expression,
  LambdaFunction,
  NamedLambdaVariable
}

/** Which variables of lambdas an expression uses. */
private[sql] object Lambdas {

  /** Whether an expression uses a variable of a lambda that it stands in. */
  def isOpen(expression: Expression): Boolean = free(expression).nonEmpty

  /** The variables of the lambdas that an expression stands in. */
  def free(expression: Expression): Set[ExprId] = expression match {
    case variable: NamedLambdaVariable => Set(variable.exprId)
    case LambdaFunction(body, arguments, _) => free(body) -- arguments.map(_.exprId)
    case other => other.children.flatMap(free).toSet
  }

  /** Whether it is a call that is another each time. */
  def draws(expression: Expression): Boolean = expression match {
    case call: Predict => !call.deterministic
    case _ => false
  }

  /** The same lambda with variables of its own: no two lambdas of a plan have one in common. */
  def fresh(lambda: LambdaFunction): LambdaFunction = {
    val renamed = lambda.arguments.map(old => old.exprId -> old.newInstance()).toMap
    lambda.transform {
      case variable: NamedLambdaVariable => renamed.getOrElse(variable.exprId, variable)
    }.asInstanceOf[LambdaFunction]
  }
}
