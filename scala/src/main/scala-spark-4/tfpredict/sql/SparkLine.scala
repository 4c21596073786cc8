package tfpredict.sql

import org.apache.spark.SPARK_VERSION
import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.tfpredict.Columns

/** The differences between Spark 3 and Spark 4. */
private[sql] object SparkLine {
  def column(expression: Expression): Column = Columns.of(expression)

  def expression(column: Column): Expression = Columns.expression(column)

  // From Spark 4.2 on, identifiers have three parts.
  private val isQualified = !SPARK_VERSION.matches("4\\.[01]\\..*")

  /** A session function's identifier in the function registry. */
  def ofSession(name: String): FunctionIdentifier = in("session", name)

  /** A built-in function's identifier in the function registry. */
  def ofSpark(name: String): FunctionIdentifier = in("builtin", name)

  private def in(space: String, name: String): FunctionIdentifier =
    if (isQualified) FunctionIdentifier(name, Some(space), Some("system"))
    else FunctionIdentifier(name)

  /** Whether the analyzer accepts a Python UDF in a lambda. */
  val allowsPythonInLambdas: Boolean = false

  def isTableFunction(name: String): Boolean =
    TableFunctionRegistry.builtin.functionExists(ofSpark(name))
}
