package org.apache.spark.sql.tfpredict

import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.classic.ExpressionUtils

/** Goes from columns to expressions and back, which Spark keeps to its own packages. */
object Columns {
  def of(expression: Expression): Column = ExpressionUtils.column(expression)

  def expression(column: Column): Expression = ExpressionUtils.expression(column)
}
