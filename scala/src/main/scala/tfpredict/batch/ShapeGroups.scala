package tfpredict.batch

import scala.collection.mutable

/**
 * The rows of one window, grouped by shape. Their buffers are reused for later windows. One thread
 * fills it, and then one thread runs it, not necessarily the same one.
 *
 * Invariant: groups kept from one window to the next hold no more memory than the limit of one
 * window. A window ends before all groups together hold twice the limit, for any number of shapes.
 *
 * @param limit
 *   maximum bytes of a window
 * @param make
 *   creates a group for rows of the given shapes
 * @param clock
 *   nanoseconds
 */
final private[batch] class ShapeGroups[R](
    limit: Long,
    make: Seq[Vector[Int]] => ShapeGroup[R],
    clock: () => Long
) {
  // In the order of their first row. The index is the group's number.
  private val groups = mutable.ArrayBuffer.empty[ShapeGroup[R]]
  private val numbers = mutable.HashMap.empty[Seq[Vector[Int]], Int]
  private var bytes = 0L
  private var lastBytes = 0L
  private var held = 0L

  /** Nanoseconds spent on encoding, extrapolated from the rows that were timed. */
  var encoding = 0L

  /** Rows appended. */
  var rows = 0

  def isEmpty: Boolean = groups.isEmpty

  /**
   * Whether another row as large as the last would exceed the limit, or the buffers hold too much.
   */
  def isFull: Boolean = bytes + lastBytes > limit || held > 2 * room

  /** Returns the number of the group for these shapes, and creates the group if it is missing. */
  def numberOf(shapes: Seq[Vector[Int]]): Int =
    numbers.getOrElseUpdate(
      shapes, {
        groups += make(shapes)
        groups.size - 1
      }
    )

  /**
   * Appends a row to a group.
   *
   * @param place
   *   the row's number in its partition
   */
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

  /** Runs all groups, and then clears them. */
  def run(): WindowResult =
    try {
      val started = clock()
      val parts = groups.map(_.run()).toIndexedSeq
      WindowResult(parts, rows, encoding, clock() - started)
    } finally clear()

  /** Discards all rows. */
  def clear(): Unit = {
    bytes = 0
    lastBytes = 0
    encoding = 0
    rows = 0
    groups.foreach(_.clear())
    // Many shapes would keep many buffers. The few common shapes soon have buffers again.
    if (groups.size > ShapeGroups.Kept || held > room && groups.size > 1 || held > 2 * room) {
      groups.clear()
      numbers.clear()
      held = 0
    }
  }
}

private object ShapeGroups {

  /** Maximum number of shapes whose buffers are kept from one window to the next. */
  val Kept = 64

  /** A window does not end for fewer allocated bytes than this. */
  val Small: Long = 4L << 20
}

/**
 * The outcome of a window's rows, and the figures that a [[BatchListener]] receives.
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
