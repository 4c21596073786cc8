package tfpredict.metrics

/**
 * Totals of one version of a model, or of all models. Never changes.
 *
 * @param values
 *   one for each place that [[Figures]] names
 */
final private[metrics] class Figures private (values: Array[Long]) extends Serializable {
  def apply(place: Int): Long = values(place)

  def +(other: Figures): Figures = zipped(other)(_ + _)

  /** What came since earlier totals. Never less than nothing. */
  def since(earlier: Figures): Figures =
    zipped(earlier)((now, before) => math.max(0L, now - before))

  /** Copies in memory now. */
  def loaded: Long = math.max(0L, this(Figures.Loads) - this(Figures.Closes))

  /** The same totals with every copy closed. */
  def closed: Figures = Figures.of { place =>
    if (place == Figures.Closes) math.max(this(Figures.Loads), this(place)) else this(place)
  }

  def isSame(other: Figures): Boolean = (0 until Figures.Size).forall(at => this(at) == other(at))

  /** Batches that took no longer than a bound. */
  def batchesWithin(bound: Int): Long = (0 to bound).map(at => this(Figures.FirstBucket + at)).sum

  /**
   * The time within which this share of the batches ran, in nanoseconds; none without any batch. It
   * is as exact as the bounds are close.
   */
  def quantile(share: Double): Option[Double] = {
    val all = batchesWithin(Figures.Bounds.length)
    val wanted = share * all
    if (all == 0) None
    else {
      val bounds = Figures.Bounds.map(_.toDouble)
      val at = bounds.indices.find(batchesWithin(_) >= wanted)
      Some(at.fold(bounds.last) { bound =>
        val lower = if (bound == 0) 0.0 else bounds(bound - 1)
        val before = if (bound == 0) 0L else batchesWithin(bound - 1)
        val inside = this(Figures.FirstBucket + bound)
        lower + (bounds(bound) - lower) * (wanted - before) / math.max(1L, inside)
      })
    }
  }

  private def zipped(other: Figures)(combine: (Long, Long) => Long): Figures =
    Figures.of(place => combine(this(place), other(place)))
}

private[metrics] object Figures {
  val Rows = 0
  val RejectedRows = 1
  val Batches = 2
  val BatchNanos = 3
  val FailedRuns = 4
  val Loads = 5
  val FetchNanos = 6
  val LoadNanos = 7
  val FailedLoads = 8
  val Closes = 9
  val FirstBucket = 10

  /**
   * Upper bounds of the batches' times, in nanoseconds. Slower batches have a place of their own.
   */
  val Bounds: Array[Long] =
    Array(500L, 1000L, 2500L, 5000L, 10000L, 25000L, 50000L, 100000L, 250000L, 500000L, 1000000L,
      2500000L, 10000000L, 60000000L).map(_ * 1000)

  val Size: Int = FirstBucket + Bounds.length + 1

  val zero: Figures = of(_ => 0L)

  def of(value: Int => Long): Figures = new Figures(Array.tabulate(Size)(value))

  /** The place for a batch of that time. */
  def bucket(nanos: Long): Int = {
    var at = 0
    while (at < Bounds.length && Bounds(at) < nanos) at += 1
    FirstBucket + at
  }
}
