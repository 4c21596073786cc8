package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.{Column, SparkSession}

/** What differs between Spark 3 and Spark 4, and nothing else. */
private[sql] object SparkLine {
  def column(expression: Expression): Column = new Column(expression)

  def expression(column: Column): Expression = column.expr

  def register(spark: SparkSession, name: String, build: Seq[Expression] => Expression): Unit =
    spark.sessionState.functionRegistry.createOrReplaceTempFunction(name, build, "scala_udf")
}
