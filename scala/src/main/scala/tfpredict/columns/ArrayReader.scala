package tfpredict.columns

import tfpredict.tensor.DType

/**
 * Reads rows of an RDD. A row is one flat array of floats, the only column, for a float32 input.
 */
private[tfpredict] object ArrayReader extends RowReader[Array[Float]] {
  override type Values = Array[Float]

  override def isNull(row: Array[Float], column: Int): Boolean = row == null

  override def copy(row: Array[Float], column: Int, dtype: DType, target: ElementBuffer): Unit =
    throw new UnsupportedOperationException("a row is an array")

  override def hasBlocks(dtype: DType): Boolean = true

  override def copyBlock(
      row: Array[Float],
      column: Int,
      length: Int,
      target: ElementBuffer
  ): Boolean = {
    val fits = row.length == length
    if (fits) target.put(row)
    fits
  }

  override def values(row: Array[Float], column: Int): Array[Float] = row

  override def length(values: Array[Float]): Int = values.length

  override def inner(values: Array[Float], index: Int): Array[Float] =
    throw new UnsupportedOperationException("a flat array has no arrays inside")

  override def firstNull(values: Array[Float]): Int = -1

  override def copy(values: Array[Float], dtype: DType, target: ElementBuffer): Unit =
    target.put(values)
}
