package tfpredict.batch

import scala.collection.mutable

/**
 * The rows of one window, grouped by their shapes, in buffers that are used again for another
 * window. It is filled by one thread and then run by one, perhaps another.
 *
 * Invariant: groups that are kept from one window to the next hold no more memory than one window
 * of one shape may have, and a window ends before all groups hold twice as much, however many
 * shapes there are.
 *
 * @param limit
 *   bytes that a window may have
 * @param make
 *   a group for rows of those shapes
 */
final private[batch] class ShapeGroups[R](
    limit: Long,
    make: Seq[Vector[Int]] => ShapeGroup[R]
) {
  // In the order of their first row; a group's place here is its number.
  private val groups = mutable.ArrayBuffer.empty[ShapeGroup[R]]
  private val numbers = mutable.HashMap.empty[Seq[Vector[Int]], Int]
  private var bytes = 0L
  private var lastBytes = 0L
  private var held = 0L

  /** Nanoseconds that encoding took, as far as it was measured. */
  var encoding = 0L

  /** Rows appended. */
  var rows = 0

  def isEmpty: Boolean = groups.isEmpty

  /** Whether there is no place for one more row as large as the last. */
  def isFull: Boolean = bytes + lastBytes > limit || held > 2 * room

  /** The group of rows of those shapes. */
  def numberOf(shapes: Seq[Vector[Int]]): Int =
    numbers.getOrElseUpdate(
      shapes, {
        groups += make(shapes)
        groups.size - 1
      }
    )

  /** @param place the row's number in its partition */
  def append(number: Int, row: R, place: Long): Unit = {
    val group = groups(number)
    val before = group.bytes
    val heldBefore = group.capacity
    group.append(row, place)
    lastBytes = group.bytes - before
    bytes += lastBytes
    held += group.capacity - heldBefore
    rows += 1
  }

  private def room: Long = math.max(limit, ShapeGroups.Small)

  /** Runs all groups, and is empty again. */
  def run(): WindowResult =
    try {
      val started = System.nanoTime
      val parts = groups.map(_.run()).toIndexedSeq
      WindowResult(parts, rows, encoding, System.nanoTime - started)
    } finally clear()

  /** Forgets all rows. */
  def clear(): Unit = {
    bytes = 0
    lastBytes = 0
    encoding = 0
    rows = 0
    groups.foreach(_.clear())
    // Many shapes would keep many buffers; the common few are soon there again.
    if (groups.size > ShapeGroups.Kept || held > room && groups.size > 1 || held > 2 * room) {
      groups.clear()
      numbers.clear()
      held = 0
    }
  }
}

private object ShapeGroups {

  /** Shapes whose buffers are kept from one window to the next. */
  val Kept = 64

  /** Bytes that are not worth a window's end. */
  val Small: Long = 4L << 20
}

/**
 * What has become of a window's rows, and what a [[BatchListener]] is told.
 *
 * @param groups
 *   for each group and each function the rows' parts
 */
final private[batch] case class WindowResult(
    groups: IndexedSeq[IndexedSeq[Vector[Part]]],
    rows: Int,
    encoding: Long,
    running: Long
) {
  def batches: Int = groups.map(_.map(_.size).max).sum

  private def parts: Iterator[Part] = groups.iterator.flatten.flatten

  /** Bytes of the results. */
  def bytes: Long =
    parts.flatMap(_.outputs.toSeq.flatten).map(_.tensor.byteSize).sum

  /** The first row, in the partition's order, that a function rejects. */
  def rejection: Option[Rejection] = {
    val all = parts.flatMap(_.outputs.left.toSeq).toSeq
    if (all.isEmpty) None else Some(all.minBy(_.number))
  }
}
