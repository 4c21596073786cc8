package tfpredict.columns

import java.nio.FloatBuffer

/** A row of an RDD: one flat array of floats, which is the only column. */
private[tfpredict] object ArrayReader extends RowReader[Array[Float]] {
  override type Values = Array[Float]

  override def isNull(row: Array[Float], column: Int): Boolean = row == null

  override def number(row: Array[Float], column: Int): Float = row(0)

  override def values(row: Array[Float], column: Int): Array[Float] = row

  override def length(values: Array[Float]): Int = values.length

  override def inner(values: Array[Float], index: Int): Array[Float] =
    throw new UnsupportedOperationException("a flat array has no arrays inside")

  override def firstNull(values: Array[Float]): Int = -1

  override def copy(values: Array[Float], target: FloatBuffer): Unit = target.put(values)
}
