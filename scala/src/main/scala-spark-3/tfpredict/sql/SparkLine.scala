package tfpredict.sql

import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry
import org.apache.spark.sql.catalyst.expressions.Expression

/** The differences between Spark 3 and Spark 4. */
private[sql] object SparkLine {
  def column(expression: Expression): Column = new Column(expression)

  def expression(column: Column): Expression = column.expr

  /** A session function's identifier in the function registry. */
  def ofSession(name: String): FunctionIdentifier = FunctionIdentifier(name)

  /** A built-in function's identifier in the function registry. */
  def ofSpark(name: String): FunctionIdentifier = FunctionIdentifier(name)

  /** Whether the analyzer accepts a Python UDF in a lambda. */
  val allowsPythonInLambdas: Boolean = true

  def isTableFunction(name: String): Boolean =
    TableFunctionRegistry.builtin.functionExists(ofSpark(name))
}
