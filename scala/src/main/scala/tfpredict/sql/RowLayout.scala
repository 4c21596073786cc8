package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.UnsafeRow
import org.apache.spark.sql.types.DataType
import org.apache.spark.unsafe.Platform

/**
 * Copies rows, and leaves room for `reserved` more columns after their own.
 *
 * A Spark row is one bit per column (set if the value is null, in words of 8 bytes), then one slot
 * of 8 bytes per column, then the values that do not fit into a slot. Their slots have their
 * offsets, which the reserved slots move. The reserved slots are zero: values that are not null.
 */
final private[sql] class RowLayout(columns: Seq[DataType], reserved: Int) {
  val fields: Int = columns.size + reserved
  private val nulls = UnsafeRow.calculateBitSetWidthInBytes(columns.size)
  private val roomierNulls = UnsafeRow.calculateBitSetWidthInBytes(fields)
  private val slots = 8 * columns.size
  private val growth = roomierNulls - nulls + 8 * reserved
  // Where the slots with offsets are in the copy.
  private val moved = columns.zipWithIndex.collect {
    case (kind, at) if !UnsafeRow.isFixedLength(kind) => roomierNulls + 8 * at
  }.toArray

  /** The size of a row's copy in bytes, a multiple of 8. */
  def sizeOf(row: UnsafeRow): Int = row.getSizeInBytes + growth

  def copy(row: UnsafeRow, target: Array[Byte], start: Int): Unit = {
    val to = Platform.BYTE_ARRAY_OFFSET.toLong + start
    if (growth == 0) row.writeToMemory(target, to)
    else {
      val from = row.getBaseOffset
      words(row, from, target, to, nulls)
      zero(target, to + nulls, roomierNulls - nulls)
      words(row, from + nulls, target, to + roomierNulls, slots)
      zero(target, to + roomierNulls + slots, 8 * reserved)
      val done = nulls + slots
      words(row, from + done, target, to + done + growth, row.getSizeInBytes - done)
      moveOffsets(target, to)
    }
  }

  // A word at a time: for some words, a call that copies memory takes longer than they do.
  private def words(row: UnsafeRow, from: Long, target: Array[Byte], to: Long, length: Int): Unit =
    if (length > RowLayout.ManyBytes) {
      Platform.copyMemory(row.getBaseObject, from, target, to, length.toLong)
    } else {
      var at = 0
      while (at < length) {
        Platform.putLong(target, to + at, Platform.getLong(row.getBaseObject, from + at))
        at += 8
      }
    }

  private def zero(target: Array[Byte], to: Long, length: Int): Unit = {
    var at = 0
    while (at < length) {
      Platform.putLong(target, to + at, 0L)
      at += 8
    }
  }

  private def moveOffsets(target: Array[Byte], to: Long): Unit = {
    var index = 0
    while (index < moved.length) {
      val slot = to + moved(index)
      val offsetAndSize = Platform.getLong(target, slot)
      // A null has no offset, but for a large decimal, which keeps its space.
      if (offsetAndSize != 0L) Platform.putLong(target, slot, offsetAndSize + (growth.toLong << 32))
      index += 1
    }
  }
}

private object RowLayout {
  val ManyBytes: Int = 64
}
