package org.apache.spark.sql.tfpredict

import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.classic.{ColumnNodeToExpressionConverter, ExpressionUtils}

/** Goes from columns to expressions and back, which Spark keeps to its own packages. */
object Columns {
  def of(expression: Expression): Column = ExpressionUtils.column(expression)

  // Not `ExpressionUtils.expression`: in what that gives no column's name is seen.
  def expression(column: Column): Expression = ColumnNodeToExpressionConverter(column.node)
}
