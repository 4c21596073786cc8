package tfpredict.columns

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters
import org.apache.spark.sql.catalyst.util.ArrayData

import tfpredict.DType

/**
 * Spark SQL's own rows. Columns have been cast: every element has the type that
 * [[TensorTypes.encodedType]] gives.
 */
private[tfpredict] object InternalRowReader extends RowReader[InternalRow] {
  override type Values = ArrayData

  override def isNull(row: InternalRow, column: Int): Boolean = row.isNullAt(column)

  override def copy(row: InternalRow, column: Int, dtype: DType, target: ElementBuffer): Unit =
    element(row, column, dtype, target)

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

  override def copy(values: ArrayData, dtype: DType, target: ElementBuffer): Unit = dtype match {
    case DType.Float32 => target.put(values.toFloatArray())
    case DType.Float64 => target.put(values.toDoubleArray())
    case DType.Int32 => target.put(values.toIntArray())
    case DType.Int64 => target.put(values.toLongArray())
    case DType.Bool =>
      target.put(values.toBooleanArray().map(flag => if (flag) 1.toByte else 0.toByte))
    case _ =>
      val count = values.numElements()
      var index = 0
      while (index < count) {
        element(values, index, dtype, target)
        index += 1
      }
  }

  private def element(
      from: SpecializedGetters,
      index: Int,
      dtype: DType,
      target: ElementBuffer
  ): Unit = dtype match {
    case DType.Float32 => target.put(Array(from.getFloat(index)))
    case DType.Float64 => target.put(Array(from.getDouble(index)))
    case DType.Int32 => target.put(Array(from.getInt(index)))
    case DType.Int64 => target.put(Array(from.getLong(index)))
    case DType.Bool => target.put(Array((if (from.getBoolean(index)) 1 else 0).toByte))
    case DType.UInt8 =>
      val value = from.getShort(index)
      if (value < 0 || value > 255) throw new OutOfRange(value.toLong)
      target.put(Array(value.toByte))
    case DType.Utf8 => target.putString(from.getUTF8String(index).getBytes)
    case other => throw new IllegalArgumentException(s"no column holds $other")
  }
}
