package org.apache.spark.sql.tfpredict

import org.apache.spark.sql.Column
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.classic.{ColumnNodeToExpressionConverter, ExpressionUtils}

/** Converts between columns and expressions. Spark makes this private to its own packages. */
object Columns {
  def of(expression: Expression): Column = ExpressionUtils.column(expression)

  // `ExpressionUtils.expression` is no alternative: its result hides the column's name.
  def expression(column: Column): Expression = ColumnNodeToExpressionConverter(column.node)
}
