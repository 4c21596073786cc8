package tfpredict.batch

import scala.collection.mutable

/**
 * The rows of one window, grouped by their shapes, in buffers that are used again for another
 * window. It is filled by one thread and then run by one, perhaps another.
 *
 * @param make
 *   a group for rows of those shapes
 */
final private[batch] class ShapeGroups[R](make: Seq[Vector[Int]] => ShapeGroup[R]) {
  // In the order of their first row; a group's place here is its number.
  private val groups = mutable.ArrayBuffer.empty[ShapeGroup[R]]
  private val numbers = mutable.HashMap.empty[Seq[Vector[Int]], Int]
  private var bytes = 0L
  private var lastBytes = 0L

  /** Nanoseconds that encoding took, as far as it was measured. */
  var encoding = 0L

  /** Rows appended. */
  var rows = 0

  def isEmpty: Boolean = groups.isEmpty

  /** Bytes of the rows, and of one more as large as the last. */
  def bytesWithNext: Long = bytes + lastBytes

  /** The group of rows of those shapes. */
  def numberOf(shapes: Seq[Vector[Int]]): Int =
    numbers.getOrElseUpdate(
      shapes, {
        groups += make(shapes)
        groups.size - 1
      }
    )

  def append(number: Int, row: R): Unit = {
    lastBytes = groups(number).append(row)
    bytes += lastBytes
    rows += 1
  }

  /** Runs all groups, and is empty again. */
  def run(): WindowResult =
    try {
      val started = System.nanoTime
      val parts = groups.map(_.run()).toIndexedSeq
      WindowResult(parts, rows, encoding, System.nanoTime - started)
    } finally clear()

  private def clear(): Unit = {
    bytes = 0
    encoding = 0
    rows = 0
    groups.foreach(_.clear())
    // Many shapes would keep many buffers; the common few are soon there again.
    if (groups.size > ShapeGroups.Kept) {
      groups.clear()
      numbers.clear()
    }
  }
}

private object ShapeGroups {

  /** Shapes whose buffers are kept from one window to the next. */
  val Kept = 64
}

/** What has become of each group's rows, and what a [[BatchListener]] is told. */
final private[batch] case class WindowResult(
    groups: IndexedSeq[Vector[Part]],
    rows: Int,
    encoding: Long,
    running: Long
) {
  def batches: Int = groups.map(_.size).sum
}
