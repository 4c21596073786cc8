package tfpredict.batch

/**
 * Cuts rows into batches and joins the batches' results again: one result a row, in the rows'
 * order. Pure iterator code, which knows nothing of models.
 *
 * Rows of several kinds, which cannot share a batch, are told apart by groups: a window of rows is
 * read, each group of it runs as a batch, and the results are put back in order. A row is consumed
 * as it arrives and never kept, since Spark reuses the object for the next one.
 *
 * Windows grow from `first` rows to `usual`, so that whoever wants a few rows does not pay for
 * many, and further, to `size`, while they are quick, so that few hand-overs are many rows'. Once
 * one of usual size has been read, and there are more rows, the next window is read while one runs:
 * a core that waits for a result has something to do.
 *
 * @param append
 *   takes a row into the open window: its group, or a negative number for a row that has no part in
 *   any
 * @param isQuick
 *   whether a window of so many rows would run in so short a time that a larger one is better
 * @param isFull
 *   whether the open window should end before it has all its rows
 * @param flush
 *   hands over the open window and opens another; whether rows will be read while it runs
 * @param absent
 *   the result of a row that has no part in any group, by its negative number
 */
final private[tfpredict] class Batcher[R, V](
    rows: Iterator[R],
    first: Int,
    usual: Int,
    size: Int,
    append: R => Int,
    isQuick: Int => Boolean,
    isFull: () => Boolean,
    flush: Boolean => RunningWindow[V],
    absent: Int => V
) extends Iterator[V] {
  private var room = math.min(first, usual)
  private var isGrown = false
  // The one whose results are given out, and the one that runs meanwhile, if any.
  private var current = new Window[V]
  private var running: Option[Window[V]] = None

  override def hasNext: Boolean = current.hasNext || running.isDefined || rows.hasNext

  override def next(): V = {
    if (!current.hasNext) fill()
    current.next(absent)
  }

  private def fill(): Unit = {
    val (window, isAhead) = running.map((_, true)).getOrElse(begin())
    running = if (isAhead && rows.hasNext) Some(read()) else None
    current = window
    current.await()
    running.foreach(start(_, isAhead = true))
  }

  // Where none runs yet: a window, and whether one is to be read while it runs.
  private def begin(): (Window[V], Boolean) = {
    val isPipelined = isGrown
    val window = read()
    val isAhead = isPipelined && window.taken > 0 && rows.hasNext
    start(window, isAhead)
    (window, isAhead)
  }

  private def read(): Window[V] = {
    val window = new Window[V]
    // Rows that have no part are bounded too, or a column of nulls would be buffered whole.
    while (
      window.taken < room && window.size < 4L * room && rows.hasNext &&
      !(window.taken > 0 && isFull())
    ) window.add(append(rows.next()))
    isGrown = room >= usual
    val most = if (isGrown && isQuick(room)) size else math.max(usual, room)
    room = math.min(most.toLong, Batcher.Growth * room).toInt
    window
  }

  private def start(window: Window[V], isAhead: Boolean): Unit =
    if (window.taken > 0) window.start(flush(isAhead))
}

private object Batcher {
  val Growth = 4L
}
