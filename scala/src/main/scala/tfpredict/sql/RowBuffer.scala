package tfpredict.sql

import java.util.Arrays

import org.apache.spark.memory.{MemoryConsumer, MemoryMode, TaskMemoryManager}
import org.apache.spark.sql.catalyst.expressions.UnsafeRow
import org.apache.spark.unsafe.Platform

/**
 * A queue of rows that wait for their batch. Rows are copied into one byte array and read through
 * one row object. The space of rows that were removed is reused.
 *
 * The array is registered with Spark's memory manager, so that other consumers of the task spill
 * for it. If the manager grants no more memory, the batch should end ([[isTight]]) to empty the
 * queue. The queue itself does not spill, since its rows are removed soon.
 *
 * @param layout
 *   how rows are copied, and what columns a row has when it is removed
 */
final private[sql] class RowBuffer(layout: RowLayout, memory: TaskMemoryManager)
    extends MemoryConsumer(memory, MemoryMode.ON_HEAP)
    with AutoCloseable {
  private var bytes = new Array[Byte](RowBuffer.First)
  private var tight = acquireMemory(RowBuffer.First.toLong) < RowBuffer.First
  // The end offset of each row, including removed rows that still take space.
  private var ends = new Array[Int](64)
  private var count = 0
  private var next = 0
  private var total = 0L
  private val row = new UnsafeRow(layout.fields)

  /** Total bytes of all rows ever added. */
  def added: Long = total

  /** Whether the task has no memory for more waiting rows. */
  def isTight: Boolean = tight

  override def spill(size: Long, trigger: MemoryConsumer): Long = 0L

  override def close(): Unit = {
    bytes = Array.emptyByteArray
    freeMemory(getUsed)
  }

  def add(row: UnsafeRow): Unit = {
    val size = layout.sizeOf(row)
    if (end + size.toLong > bytes.length || count == ends.length) makeRoom(size)
    val start = end
    layout.copy(row, bytes, start)
    ends(count) = start + size
    count += 1
    total += size
  }

  /**
   * Removes and returns the oldest row. It is valid until the next call of any method. Its reserved
   * columns may be set.
   */
  def remove(): UnsafeRow = {
    val start = startOf(next)
    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET.toLong + start, ends(next) - start)
    next += 1
    row
  }

  private def end: Int = startOf(count)

  private def startOf(index: Int): Int = if (index == 0) 0 else ends(index - 1)

  /* Moves the waiting rows to the front. The array grows only if they fill half of it. So on
   * average each added byte is moved at most once. */
  private def makeRoom(added: Int): Unit = {
    val first = startOf(next)
    val waiting = end - first
    val needed = waiting + added.toLong
    require(needed <= RowBuffer.Limit, s"$needed bytes of rows in a batch")
    val roomier =
      if (2L * needed <= bytes.length) {
        tight = false
        bytes
      } else new Array[Byte](granted(needed))
    System.arraycopy(bytes, first, roomier, 0, waiting)
    if (roomier.length > bytes.length) freeMemory(math.min(getUsed, bytes.length.toLong))
    bytes = roomier
    val left = count - next
    if (2 * left > ends.length) ends = Arrays.copyOf(ends, 2 * left)
    var index = 0
    while (index < left) {
      ends(index) = ends(next + index) - first
      index += 1
    }
    count = left
    next = 0
  }

  /* Returns the length of a new array. Both arrays exist while rows are moved. At least one row
   * must fit, even if less memory is granted, since the task could not continue otherwise. */
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
