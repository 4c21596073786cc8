package tfpredict.metrics

import com.codahale.metrics.{Counter, Gauge, Metric, MetricRegistry}

/**
 * Shows figures in a registry of Spark's metrics system, as metrics that read them when they are
 * asked. Such a registry has no labels, so the names have model and version in them.
 */
final private[metrics] class PublishedFigures(registry: MetricRegistry) {
  import PublishedFigures._

  private val names = new ModelNames

  /** Shows what all models have together. */
  def addAll(figures: () => Figures): Unit = add("all", figures)

  def add(model: ModelVersion, figures: () => Figures): Unit = add(prefix(model), figures)

  def remove(model: ModelVersion, isLastOfPath: Boolean): Unit = {
    val gone = prefix(model)
    registry.getNames.toArray(Array.empty[String]).filter(_.startsWith(s"$gone.")).foreach(
      registry.remove
    )
    if (isLastOfPath) names.synchronized(names.free(model.path))
  }

  /** The name and the version of a model in the metrics' names. */
  def nameOf(model: ModelVersion): (String, String) = names.synchronized {
    if (model == ModelVersion.Others) (ModelNames.Others, "all")
    else (names.of(model.path), model.version.fold("none")(_.toString))
  }

  private def prefix(model: ModelVersion): String = {
    val (name, version) = nameOf(model)
    s"model.$name.version.$version"
  }

  private def add(prefix: String, figures: () => Figures): Unit = {
    def put(name: String, metric: Metric): Unit =
      try {
        registry.register(s"$prefix.$name", metric)
        ()
      } catch {
        // Spark's own registry took it over a moment ago, and then heard of it.
        case _: IllegalArgumentException => ()
      }
    for ((name, place) <- counters) put(name, counter(figures()(place)))
    for ((name, place) <- seconds) put(name, gauge(figures()(place) / 1e9))
    put("loaded", gauge(figures().loaded.toDouble))
    for (bound <- 0 to Figures.Bounds.length)
      put(s"batch_seconds_le_${shown(bound)}", counter(figures().batchesWithin(bound)))
  }
}

private object PublishedFigures {
  val counters: Seq[(String, Int)] = Seq(
    "rows" -> Figures.Rows,
    "rejected_rows" -> Figures.RejectedRows,
    "batches" -> Figures.Batches,
    "failed_runs" -> Figures.FailedRuns,
    "loads" -> Figures.Loads,
    "failed_loads" -> Figures.FailedLoads
  )

  val seconds: Seq[(String, Int)] = Seq(
    "batch_seconds_sum" -> Figures.BatchNanos,
    "fetch_seconds" -> Figures.FetchNanos,
    "load_seconds" -> Figures.LoadNanos
  )

  def counter(value: => Long): Counter = new Counter {
    override def getCount: Long = value
  }

  def gauge(value: => Double): Gauge[java.lang.Double] = new Gauge[java.lang.Double] {
    override def getValue: java.lang.Double = value
  }

  // In seconds: 0_0005, 2_5, 60_0.
  def shown(bound: Int): String =
    if (bound == Figures.Bounds.length) "Inf"
    else {
      val digits = BigDecimal(Figures.Bounds(bound), 9).bigDecimal.stripTrailingZeros.toPlainString
      if (digits.contains('.')) digits.replace('.', '_') else s"${digits}_0"
    }
}
