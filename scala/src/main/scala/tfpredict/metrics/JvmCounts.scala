package tfpredict.metrics

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.LongAdder

import scala.collection.JavaConverters._

import tfpredict.counts.ModelCounts

/**
 * Counts in this JVM, by model and version. Thread-safe.
 *
 * @param most
 *   models with figures of their own. Beyond it those that are closed and reported make room.
 */
final private[metrics] class JvmCounts(most: Int = ModelVersion.Most) extends ModelCounts.Counter {
  private val models = new ConcurrentHashMap[ModelVersion, CountedModel]
  private val others = new CountedModel(ModelVersion.Others, 0)
  private var countings = 0L

  override def of(path: String, version: Option[Long]): ModelCounts = {
    val model = ModelVersion(path, version)
    Option(models.get(model)).getOrElse(added(model))
  }

  private def added(model: ModelVersion): CountedModel = synchronized {
    if (models.size < most || models.containsKey(model) || forgetOne()) {
      countings += 1
      models.computeIfAbsent(model, new CountedModel(_, countings))
    } else others
  }

  // A task that uses a model keeps it loaded, so nobody counts on what is forgotten.
  private def forgetOne(): Boolean =
    models.values.asScala
      .find(counted => counted.isReported && counted.figures.loaded == 0)
      .exists(idle => models.remove(idle.model, idle))

  private def all: Seq[CountedModel] = models.values.asScala.toList :+ others

  /** Reports of the models whose figures are not those of their last report. */
  def changes(): Array[ModelReport] = all.filterNot(_.isReported).map(_.report).toArray

  /** These reports have arrived. */
  def arrived(reports: Array[ModelReport]): Unit = {
    val arrived = reports.map(report => report.counting -> report.figures).toMap
    for (counted <- all; figures <- arrived.get(counted.counting)) counted.reported = figures
  }
}

final private class CountedModel(val model: ModelVersion, val counting: Long) extends ModelCounts {
  private val adders = Array.fill(Figures.Size)(new LongAdder)
  @volatile private var lastLoad: Option[LastLoad] = None
  @volatile var reported: Figures = Figures.zero

  def figures: Figures = Figures.of(adders(_).sum)

  def isReported: Boolean = figures.isSame(reported)

  def report: ModelReport = ModelReport(model, counting, figures, lastLoad)

  override def isOn: Boolean = true

  override def onLoaded(fetching: Long, loading: Long): Unit = {
    lastLoad = Some(LastLoad(System.currentTimeMillis, fetching, loading))
    adders(Figures.FetchNanos).add(fetching)
    adders(Figures.LoadNanos).add(loading)
    adders(Figures.Loads).increment()
  }

  override def onLoadFailed(): Unit = adders(Figures.FailedLoads).increment()

  override def onClosed(): Unit = adders(Figures.Closes).increment()

  override def onBatch(rows: Int, running: Long): Unit = {
    adders(Figures.Rows).add(rows.toLong)
    adders(Figures.Batches).increment()
    adders(Figures.BatchNanos).add(running)
    adders(Figures.bucket(running)).increment()
  }

  override def onRunFailed(): Unit = adders(Figures.FailedRuns).increment()

  override def onRejected(rows: Int): Unit = adders(Figures.RejectedRows).add(rows.toLong)
}
