package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  ArraysZip,
  Expression,
  GetStructField,
  KnownNotNull,
  LambdaFunction,
  Literal,
  NamedLambdaVariable
}
import org.apache.spark.sql.types.ArrayType

/**
 * Arrays that a lambda iterates over together, as one array for Spark's functions.
 *
 * @param variables
 *   an expression's variable for the element of each array
 */
final private[sql] case class ZippedArrays(
    arrays: Seq[Expression],
    variables: Seq[NamedLambdaVariable]
) {

  def array: Expression = arrays match {
    case Seq(one) => one
    case several => ArraysZip(several, several.indices.map(place => Literal(place.toString)))
  }

  /**
   * Returns a lambda over `array`.
   *
   * @param expression
   *   the body, over the variables
   * @param before
   *   parameters of the lambda before the element
   * @param index
   *   the index parameter after the element, kept only if the expression uses it
   */
  def lambda(
      expression: Expression,
      before: Seq[NamedLambdaVariable] = Nil,
      index: Option[NamedLambdaVariable] = None
  ): LambdaFunction = {
    val place = index.filter(variable => Lambdas.free(expression)(variable.exprId)).toSeq
    variables match {
      case Seq(one) => LambdaFunction(expression, (before :+ one) ++ place)
      case several =>
        val ArrayType(zipped, _) = array.dataType
        val element = NamedLambdaVariable("element", zipped, nullable = false)
        val fields = several.zipWithIndex.map { case (variable, ordinal) =>
          val field = GetStructField(element, ordinal)
          variable.exprId -> (if (variable.nullable) field else KnownNotNull(field))
        }.toMap
        val replaced = expression.transform {
          case variable: NamedLambdaVariable => fields.getOrElse(variable.exprId, variable)
        }
        LambdaFunction(replaced, (before :+ element) ++ place)
    }
  }
}
