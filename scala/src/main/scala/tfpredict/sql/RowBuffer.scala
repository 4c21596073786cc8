package tfpredict.sql

import java.util.Arrays

import org.apache.spark.memory.{MemoryConsumer, MemoryMode, TaskMemoryManager}
import org.apache.spark.sql.catalyst.expressions.UnsafeRow
import org.apache.spark.unsafe.Platform

/**
 * Rows that wait for their batch, first in, first out. They are copied into one array of bytes, and
 * shown through one row object; the room of those that are out is used again.
 *
 * The array is known to Spark's memory manager, which makes others of the task spill for it. Where
 * it grants no more, the batch should end ([[isTight]]), so that what waits can go; nothing of it
 * is spilled, since it is soon out.
 */
final private[sql] class RowBuffer(fields: Int, memory: TaskMemoryManager)
    extends MemoryConsumer(memory, MemoryMode.ON_HEAP)
    with AutoCloseable {
  private var bytes = new Array[Byte](RowBuffer.First)
  private var tight = acquireMemory(RowBuffer.First.toLong) < RowBuffer.First
  // Where each row ends, those that are out among them.
  private var ends = new Array[Int](64)
  private var count = 0
  private var next = 0
  private var total = 0L
  private val row = new UnsafeRow(fields)

  /** Bytes of all rows that were ever added. */
  def added: Long = total

  /** Whether the task has no memory for more rows to wait. */
  def isTight: Boolean = tight

  override def spill(size: Long, trigger: MemoryConsumer): Long = 0L

  override def close(): Unit = {
    bytes = Array.emptyByteArray
    freeMemory(getUsed)
  }

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
    val roomier =
      if (2L * needed <= bytes.length) {
        tight = false
        bytes
      } else new Array[Byte](granted(needed))
    System.arraycopy(bytes, first, roomier, 0, waiting)
    if (roomier.length > bytes.length) freeMemory(math.min(getUsed, bytes.length.toLong))
    bytes = roomier
    val left = Array.tabulate(count - next)(index => ends(next + index) - first)
    ends = Arrays.copyOf(left, math.max(ends.length, 2 * left.length))
    count = left.length
    next = 0
  }

  /* A length for so many bytes. Both arrays are there while rows move. One row must have a place,
   * whatever is granted: without it the task could not go on. */
  private def granted(needed: Long): Int = {
    val wanted = math.min(math.max(2L * needed, bytes.length.toLong), RowBuffer.Limit)
    val found = acquireMemory(wanted)
    tight = found < wanted
    math.max(needed, found).toInt
  }
}

private object RowBuffer {
  val First: Int = 1 << 14
  val Limit: Long = Int.MaxValue - 64L
}
