package tfpredict.columns

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{SpecializedGetters, UnsafeArrayData, UnsafeRow}
import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.bitset.BitSetMethods

import tfpredict.tensor.DType

/**
 * Reads Spark SQL's own rows. Columns are already cast: every element has the type that
 * [[TensorTypes.encodedType]] gives.
 */
private[tfpredict] object InternalRowReader extends RowReader[InternalRow] {
  override type Values = ArrayData

  override def isNull(row: InternalRow, column: Int): Boolean = row.isNullAt(column)

  override def copy(row: InternalRow, column: Int, dtype: DType, target: ElementBuffer): Unit =
    element(row, column, dtype, target)

  // A Boolean is a byte of 0 or 1 both in Spark and in a tensor.
  override def hasBlocks(dtype: DType): Boolean = dtype != DType.UInt8 && dtype != DType.Utf8

  /* Reads the memory of UnsafeRow and UnsafeArrayData directly, without an object for the array. A
   * column's eight bytes hold the array's offset and size. An array holds its length, one bit per
   * element for nulls, and the elements. */
  override def copyBlock(
      row: InternalRow,
      column: Int,
      length: Int,
      target: ElementBuffer
  ): Boolean = row match {
    case unsafe: UnsafeRow =>
      unsafe.getBaseObject match {
        case bytes: Array[Byte] =>
          val start = unsafe.getBaseOffset + (unsafe.getLong(column) >>> 32)
          val fits = Platform.getLong(bytes, start) == length && !hasNull(bytes, start, length)
          if (fits) putBlock(bytes, start, length, target)
          fits
        case _ => false
      }
    case _ => false
  }

  // The null bits follow the array's length, rounded up to eight bytes.
  private def hasNull(base: AnyRef, start: Long, length: Int): Boolean =
    BitSetMethods.anySet(base, start + 8, (length + 63L) / 64)

  private def putBlock(bytes: Array[Byte], start: Long, length: Int, to: ElementBuffer): Unit = {
    val elements = start + UnsafeArrayData.calculateHeaderPortionInBytes(length)
    to.putBlock(bytes, (elements - Platform.BYTE_ARRAY_OFFSET).toInt, length)
  }

  override def values(row: InternalRow, column: Int): ArrayData = row.getArray(column)

  override def length(values: ArrayData): Int = values.numElements()

  override def inner(values: ArrayData, index: Int): ArrayData =
    if (values.isNullAt(index)) null else values.getArray(index)

  override def firstNull(values: ArrayData): Int = values match {
    case unsafe: UnsafeArrayData
        if !hasNull(unsafe.getBaseObject, unsafe.getBaseOffset, unsafe.numElements()) =>
      -1
    case _ =>
      val count = values.numElements()
      var index = 0
      while (index < count && !values.isNullAt(index)) index += 1
      if (index == count) -1 else index
  }

  override def copy(values: ArrayData, dtype: DType, target: ElementBuffer): Unit = values match {
    case unsafe: UnsafeArrayData
        if hasBlocks(dtype) && unsafe.getBaseObject.isInstanceOf[Array[Byte]] =>
      val bytes = unsafe.getBaseObject.asInstanceOf[Array[Byte]]
      putBlock(bytes, unsafe.getBaseOffset, unsafe.numElements(), target)
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
    case DType.Float32 => target.putFloat(from.getFloat(index))
    case DType.Float64 => target.putDouble(from.getDouble(index))
    case DType.Int32 => target.putInt(from.getInt(index))
    case DType.Int64 => target.putLong(from.getLong(index))
    case DType.Bool => target.putByte((if (from.getBoolean(index)) 1 else 0).toByte)
    case DType.UInt8 =>
      val value = from.getShort(index)
      if (value < 0 || value > 255) throw new OutOfRange(value.toLong)
      target.putByte(value.toByte)
    case DType.Utf8 => target.putString(from.getUTF8String(index))
    case other => throw new IllegalArgumentException(s"no column holds $other")
  }
}
