package tfpredict.sql

import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry
import org.apache.spark.sql.catalyst.expressions.{Expression, ExpressionInfo}
import org.apache.spark.sql.tfpredict.Columns
import org.apache.spark.sql.{Column, SparkSession}

/** What differs between Spark 3 and Spark 4, and nothing else. */
private[sql] object SparkLine {
  def column(expression: Expression): Column = Columns.of(expression)

  def expression(column: Column): Expression = Columns.expression(column)

  def isTableFunction(name: FunctionIdentifier): Boolean =
    TableFunctionRegistry.builtin.functionExists(name)

  def register(
      spark: SparkSession,
      name: String,
      info: ExpressionInfo,
      build: Seq[Expression] => Expression
  ): Unit =
    spark.sessionState.functionRegistry.registerFunction(FunctionIdentifier(name), info, build)
}
