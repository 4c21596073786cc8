package tfpredict.rdd

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.types.{ArrayType, FloatType, NumericType}

import tfpredict.columns.InternalRowReader
import tfpredict.messages.ErrorClass
import tfpredict.{InputException, SignatureException}

/**
 * Converts a table's column to rows for an [[RddPredictor]].
 *
 * {{{
 * val rows = FloatRows.of(spark.read.parquet("data/points.parquet"), "features")
 * val predictions = new RddPredictor(ModelSpec("data/linear_model")).predict(rows)
 * }}}
 *
 * @since 0.1.0
 */
object FloatRows {

  /**
   * Returns the column's arrays as an RDD, and copies each array as one block.
   * `table.as[Array[Float]].rdd` gives the same rows, but boxes every number.
   *
   * @param table
   *   a table with the column
   * @param column
   *   the name of a column of arrays of numbers. Other numbers than floats are cast. A null gives a
   *   null row. A null inside an array fails its task with an [[tfpredict.InputException]].
   * @return
   *   one flat array per row
   * @throws tfpredict.SignatureException
   *   if the column has another type
   */
  def of(table: DataFrame, column: String): RDD[Array[Float]] = {
    val chosen = table.select(table.col(column))
    chosen.schema.head.dataType match {
      case ArrayType(_: NumericType, _) =>
      case other =>
        throw new SignatureException(
          ErrorClass.ColumnType,
          "",
          s"an array of numbers in column $column",
          other.catalogString,
          "Cast it in SQL, or call the model there: SQL takes columns of all types that models have."
        )
    }
    val floats = chosen.select(chosen.col(column).cast(ArrayType(FloatType)))
    floats.queryExecution.toRdd.map { row =>
      if (row.isNullAt(0)) null
      else {
        val values = row.getArray(0)
        // Spark would read the null as zero.
        val nullAt = InternalRowReader.firstNull(values)
        if (nullAt >= 0) {
          throw new InputException(
            ErrorClass.InputNull,
            "",
            s"an array without nulls in column $column",
            s"a null at index $nullAt",
            "Correct the row or leave it out. A null in place of the array gives a null result."
          )
        }
        values.toFloatArray()
      }
    }
  }
}
