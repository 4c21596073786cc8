package tfpredict.batch

import scala.collection.mutable

/**
 * Cuts rows into batches and joins the batches' results again: one result a row, in the rows'
 * order. Pure iterator code, which knows nothing of models.
 *
 * Rows of several kinds, which cannot share a batch, are told apart by groups: a window of rows is
 * read, each group of it runs as a batch, and the results are put back in order. A row is consumed
 * as it arrives and never kept, since Spark reuses the object for the next one.
 *
 * @param size
 *   rows in a window, at most
 * @param append
 *   takes a row into the open window: its group, or a negative number for a row that has no part in
 *   any and gets `nothing`
 * @param isFull
 *   whether the open window should end before it has `size` rows
 * @param flush
 *   runs the open window and leaves it empty; gives the results of each of its groups
 */
final private[tfpredict] class Batcher[R, V](
    rows: Iterator[R],
    size: Int,
    append: R => Int,
    isFull: () => Boolean,
    flush: () => Int => IndexedSeq[V],
    nothing: V
) extends Iterator[V] {
  private val groups = mutable.ArrayBuffer.empty[Int]
  private val used = mutable.Map.empty[Int, Int].withDefaultValue(0)
  private var results: Int => IndexedSeq[V] = Map.empty[Int, IndexedSeq[V]]
  private var position = 0

  override def hasNext: Boolean = position < groups.size || rows.hasNext

  override def next(): V = {
    if (position == groups.size) fill()
    val group = groups(position)
    position += 1
    if (group < 0) nothing
    else {
      val index = used(group)
      used(group) = index + 1
      results(group)(index)
    }
  }

  private def fill(): Unit = {
    groups.clear()
    used.clear()
    position = 0
    var taken = 0
    // Rows that have no part are bounded too, or a column of nulls would be buffered whole.
    while (taken < size && groups.size < 4L * size && rows.hasNext && !(taken > 0 && isFull())) {
      val group = append(rows.next())
      groups += group
      if (group >= 0) taken += 1
    }
    if (taken > 0) results = flush()
  }
}
