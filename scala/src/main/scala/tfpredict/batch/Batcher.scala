package tfpredict.batch

/**
 * Cuts rows into batches and joins the batches' results: one result per row, in the rows' order.
 * This is pure iterator code, without any knowledge of models.
 *
 * Rows that cannot share a batch are put into different groups. The batcher reads a window of rows,
 * runs each group as a batch, and puts the results back in order. It consumes a row as it arrives
 * and never keeps it, since Spark reuses the object for the next row.
 *
 * Windows grow from `first` rows to `usual`, so that a query with a small `LIMIT` does not pay for
 * many rows. While windows run quickly, they grow on to `size`, so that one hand-over serves more
 * rows. Once a window of usual size has been read and more rows follow, the next window is read
 * while one runs. This keeps a core busy that would otherwise wait for results.
 *
 * @param append
 *   adds a row to the open window. Returns the row's group, or a negative number for a row outside
 *   any group.
 * @param isQuick
 *   whether a window of this many rows runs so quickly that a larger one is better
 * @param isFull
 *   whether the open window should end before it reaches its size
 * @param flush
 *   hands over the open window and opens another. The argument says whether rows will be read while
 *   it runs.
 * @param absent
 *   the result of a row outside any group, by the row's negative number
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
  // `current` is the window whose results are being returned; `running`, if any, runs meanwhile.
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

  // Starts a window when none is running. Also returns whether to read another while it runs.
  private def begin(): (Window[V], Boolean) = {
    val isPipelined = isGrown
    val window = read()
    val isAhead = isPipelined && window.taken > 0 && rows.hasNext
    start(window, isAhead)
    (window, isAhead)
  }

  private def read(): Window[V] = {
    val window = new Window[V]
    // Rows outside any group are limited too. Otherwise a column of nulls would be buffered
    // completely.
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
