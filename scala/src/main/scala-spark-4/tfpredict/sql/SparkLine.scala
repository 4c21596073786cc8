package tfpredict.sql

import org.apache.spark.SPARK_VERSION
import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.tfpredict.Columns

/** What differs between Spark 3 and Spark 4, and nothing else. */
private[sql] object SparkLine {
  def column(expression: Expression): Column = Columns.of(expression)

  def expression(column: Column): Expression = Columns.expression(column)

  // From 4.2 on names have three parts.
  private val isQualified = !SPARK_VERSION.matches("4\\.[01]\\..*")

  /** What the functions of a session are called by in its registry. */
  def ofSession(name: String): FunctionIdentifier = in("session", name)

  /** What Spark's own functions are called by. */
  def ofSpark(name: String): FunctionIdentifier = in("builtin", name)

  private def in(space: String, name: String): FunctionIdentifier =
    if (isQualified) FunctionIdentifier(name, Some(space), Some("system"))
    else FunctionIdentifier(name)

  /** Whether the analyzer lets a Python UDF stand in a lambda. */
  val allowsPythonInLambdas: Boolean = false

  def isTableFunction(name: String): Boolean =
    TableFunctionRegistry.builtin.functionExists(ofSpark(name))
}
