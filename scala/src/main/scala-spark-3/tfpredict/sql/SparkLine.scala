package tfpredict.sql

import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry
import org.apache.spark.sql.catalyst.expressions.Expression

/** What differs between Spark 3 and Spark 4, and nothing else. */
private[sql] object SparkLine {
  def column(expression: Expression): Column = new Column(expression)

  def expression(column: Column): Expression = column.expr

  /** What the functions of a session are called by in its registry. */
  def ofSession(name: String): FunctionIdentifier = FunctionIdentifier(name)

  /** What Spark's own functions are called by. */
  def ofSpark(name: String): FunctionIdentifier = FunctionIdentifier(name)

  /** Whether the analyzer lets a Python UDF stand in a lambda. */
  val allowsPythonInLambdas: Boolean = true

  def isTableFunction(name: String): Boolean =
    TableFunctionRegistry.builtin.functionExists(ofSpark(name))
}
