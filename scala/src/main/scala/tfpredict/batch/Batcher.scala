package tfpredict.batch

import scala.collection.mutable

/**
 * Cuts rows into batches and joins the batches' results again: one result a row, in the rows'
 * order. Pure iterator code, which knows nothing of models.
 *
 * A row is consumed as it arrives and never kept, since Spark reuses the object for the next one.
 * Rows that `append` does not take get `nothing` and do not count.
 *
 * @param size
 *   rows in a batch, at most
 * @param append
 *   takes a row into the open batch, or says that it has no part in it
 * @param flush
 *   runs the open batch of that many rows, and leaves it empty
 */
final private[tfpredict] class Batcher[R, V](
    rows: Iterator[R],
    size: Int,
    append: R => Boolean,
    flush: Int => IndexedSeq[V],
    nothing: V
) extends Iterator[V] {
  private val isTaken = mutable.ArrayBuffer.empty[Boolean]
  private var results: IndexedSeq[V] = IndexedSeq.empty
  private var position = 0
  private var result = 0

  override def hasNext: Boolean = position < isTaken.size || rows.hasNext

  override def next(): V = {
    if (position == isTaken.size) fill()
    position += 1
    if (isTaken(position - 1)) {
      result += 1
      results(result - 1)
    } else nothing
  }

  private def fill(): Unit = {
    isTaken.clear()
    position = 0
    result = 0
    var taken = 0
    // Rows that are not taken are bounded too, or a column of nulls would be buffered whole.
    while (taken < size && isTaken.size < 4 * size && rows.hasNext) {
      val isIn = append(rows.next())
      isTaken += isIn
      if (isIn) taken += 1
    }
    results = if (taken == 0) IndexedSeq.empty else flush(taken)
  }
}
