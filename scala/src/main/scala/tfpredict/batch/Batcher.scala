package tfpredict.batch

import java.util.Arrays

/**
 * Cuts rows into batches and joins the batches' results again: one result a row, in the rows'
 * order. Pure iterator code, which knows nothing of models.
 *
 * Rows of several kinds, which cannot share a batch, are told apart by groups: a window of rows is
 * read, each group of it runs as a batch, and the results are put back in order. A row is consumed
 * as it arrives and never kept, since Spark reuses the object for the next one.
 *
 * Windows grow from `first` rows to `size`, so that whoever wants a few rows does not pay for many.
 *
 * @param append
 *   takes a row into the open window: its group, or a negative number for a row that has no part in
 *   any and gets `nothing`
 * @param isFull
 *   whether the open window should end before it has all its rows
 * @param flush
 *   runs the open window and leaves it empty; gives the results of each of its groups, by their
 *   row's number in the group
 */
final private[tfpredict] class Batcher[R, V](
    rows: Iterator[R],
    first: Int,
    size: Int,
    append: R => Int,
    isFull: () => Boolean,
    flush: () => Int => Int => V,
    nothing: V
) extends Iterator[V] {
  private var window = math.min(first, size)
  private var groups = new Array[Int](2 * window)
  private var count = 0
  private var position = 0
  // By group: rows that have been given out, and the results.
  private var used = new Array[Int](4)
  private var results = new Array[Int => V](4)
  private var flushed: Int => Int => V = _

  override def hasNext: Boolean = position < count || rows.hasNext

  override def next(): V = {
    if (position == count) fill()
    val group = groups(position)
    position += 1
    if (group < 0) nothing
    else {
      if (group >= used.length) {
        used = Arrays.copyOf(used, 2 * group)
        results = Arrays.copyOf(results, 2 * group)
      }
      if (results(group) == null) results(group) = flushed(group)
      val index = used(group)
      used(group) = index + 1
      results(group)(index)
    }
  }

  private def fill(): Unit = {
    Arrays.fill(used, 0)
    Arrays.fill(results.asInstanceOf[Array[AnyRef]], null)
    count = 0
    position = 0
    var taken = 0
    // Rows that have no part are bounded too, or a column of nulls would be buffered whole.
    while (taken < window && count < 4L * window && rows.hasNext && !(taken > 0 && isFull())) {
      val group = append(rows.next())
      if (count == groups.length) groups = Arrays.copyOf(groups, 2 * count)
      groups(count) = group
      count += 1
      if (group >= 0) taken += 1
    }
    if (taken > 0) flushed = flush()
    window = math.min(size.toLong, Batcher.Growth * window).toInt
  }
}

private object Batcher {
  val Growth = 4L
}
