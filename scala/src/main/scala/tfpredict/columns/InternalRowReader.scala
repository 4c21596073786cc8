package tfpredict.columns

import java.nio.FloatBuffer

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.util.ArrayData

/** Spark SQL's own rows. Columns have been cast: every number in them is a float. */
private[tfpredict] object InternalRowReader extends RowReader[InternalRow] {
  override type Values = ArrayData

  override def isNull(row: InternalRow, column: Int): Boolean = row.isNullAt(column)

  override def number(row: InternalRow, column: Int): Float = row.getFloat(column)

  override def values(row: InternalRow, column: Int): ArrayData = row.getArray(column)

  override def length(values: ArrayData): Int = values.numElements()

  override def inner(values: ArrayData, index: Int): ArrayData =
    if (values.isNullAt(index)) null else values.getArray(index)

  override def firstNull(values: ArrayData): Int = {
    val count = values.numElements()
    var index = 0
    while (index < count && !values.isNullAt(index)) index += 1
    if (index == count) -1 else index
  }

  override def copy(values: ArrayData, target: FloatBuffer): Unit =
    target.put(values.toFloatArray())
}
