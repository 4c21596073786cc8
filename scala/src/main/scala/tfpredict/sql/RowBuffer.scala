package tfpredict.sql

import java.util.Arrays

import org.apache.spark.sql.catalyst.expressions.UnsafeRow
import org.apache.spark.unsafe.Platform

/**
 * Rows that wait for their batch, first in, first out. They are copied into one array of bytes,
 * which is used again when all are out, and shown through one row object.
 */
final private[sql] class RowBuffer(fields: Int) {
  private var bytes = new Array[Byte](1 << 14)
  private var ends = new Array[Int](64)
  private var count = 0
  private var next = 0
  private val row = new UnsafeRow(fields)

  /** Bytes of all rows that were added since the buffer was last empty. */
  def size: Long = if (count == 0) 0L else ends(count - 1).toLong

  def add(added: UnsafeRow): Unit = {
    if (next == count) {
      next = 0
      count = 0
    }
    val start = size
    val end = start + added.getSizeInBytes
    require(end <= RowBuffer.Limit, s"$end bytes of rows in a batch")
    if (end > bytes.length) {
      bytes =
        Arrays.copyOf(bytes, math.max(end, math.min(2L * bytes.length, RowBuffer.Limit)).toInt)
    }
    if (count == ends.length) ends = Arrays.copyOf(ends, 2 * count)
    added.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + start)
    ends(count) = end.toInt
    count += 1
  }

  /** The row that has waited longest; it is valid until the next call of any method here. */
  def remove(): UnsafeRow = {
    val start = if (next == 0) 0 else ends(next - 1)
    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET.toLong + start, ends(next) - start)
    next += 1
    row
  }
}

private object RowBuffer {
  val Limit: Long = Int.MaxValue - 64L
}
