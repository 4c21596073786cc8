package tfpredict.sql

import java.util.Arrays

import org.apache.spark.sql.catalyst.expressions.UnsafeRow
import org.apache.spark.unsafe.Platform

/**
 * Rows that wait for their batch, first in, first out. They are copied into one array of bytes, and
 * shown through one row object; the room of those that are out is used again.
 */
final private[sql] class RowBuffer(fields: Int) {
  private var bytes = new Array[Byte](1 << 14)
  // Where each row ends, those that are out among them.
  private var ends = new Array[Int](64)
  private var count = 0
  private var next = 0
  private var total = 0L
  private val row = new UnsafeRow(fields)

  /** Bytes of all rows that were ever added. */
  def added: Long = total

  def add(row: UnsafeRow): Unit = {
    if (end + row.getSizeInBytes.toLong > bytes.length || count == ends.length) makeRoom(row)
    val start = end
    row.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET.toLong + start)
    ends(count) = start + row.getSizeInBytes
    count += 1
    total += row.getSizeInBytes
  }

  /** The row that has waited longest; it is valid until the next call of any method here. */
  def remove(): UnsafeRow = {
    val start = startOf(next)
    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET.toLong + start, ends(next) - start)
    next += 1
    row
  }

  private def end: Int = startOf(count)

  private def startOf(index: Int): Int = if (index == 0) 0 else ends(index - 1)

  /* Rows that wait move to the front; only where they fill half of the room is there more made, so
   * that a byte moves once at most for each that comes. */
  private def makeRoom(added: UnsafeRow): Unit = {
    val first = startOf(next)
    val waiting = end - first
    val needed = waiting + added.getSizeInBytes.toLong
    require(needed <= RowBuffer.Limit, s"$needed bytes of rows in a batch")
    val length =
      if (2L * needed <= bytes.length) bytes.length
      else math.min(math.max(2L * needed, bytes.length), RowBuffer.Limit).toInt
    val roomier = if (length == bytes.length) bytes else new Array[Byte](length)
    System.arraycopy(bytes, first, roomier, 0, waiting)
    bytes = roomier
    val left = Array.tabulate(count - next)(index => ends(next + index) - first)
    ends = Arrays.copyOf(left, math.max(ends.length, 2 * left.length))
    count = left.length
    next = 0
  }
}

private object RowBuffer {
  val Limit: Long = Int.MaxValue - 64L
}
