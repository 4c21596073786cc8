package tfpredict.metrics

import java.util.{Collections, Map => JMap}

import scala.util.control.NonFatal

import org.apache.spark.SparkContext
import org.apache.spark.api.plugin.{DriverPlugin, PluginContext}
import org.apache.spark.scheduler.{
  SparkListener,
  SparkListenerExecutorAdded,
  SparkListenerExecutorRemoved
}
import org.apache.spark.ui.tfpredict.ModelsTab
import org.slf4j.LoggerFactory

import tfpredict.counts.ModelCounts

/** Adds what the executors report, and what the driver's own JVM counts, and shows the sums. */
final private[metrics] class DriverMetrics extends DriverPlugin {
  private val log = LoggerFactory.getLogger(classOf[DriverMetrics])
  private val counts = new JvmCounts
  private var reporter: Option[Reporter] = None
  private var published: PublishedFigures = _
  private val figures = new ClusterFigures(publish, forget)

  override def init(spark: SparkContext, context: PluginContext): JMap[String, String] = {
    published = new PublishedFigures(context.metricRegistry)
    // Spark looks at a registry only if it has something in it when the application starts.
    published.addAll(() => figures.all)
    published.add(ModelVersion.Others, () => figures.of(ModelVersion.Others))
    ModelCounts.install(counts)
    reporter = Some(new Reporter(
      counts,
      Reporter.Every,
      models => figures.add(ExecutorReport(DriverMetrics.Driver, models))
    ))
    spark.addSparkListener(new SparkListener {
      override def onExecutorAdded(added: SparkListenerExecutorAdded): Unit =
        figures.begin(added.executorId, added.executorInfo.executorHost)

      override def onExecutorRemoved(removed: SparkListenerExecutorRemoved): Unit =
        figures.end(removed.executorId)
    })
    attach(spark)
    Collections.emptyMap()
  }

  // The page is built on what Spark keeps to itself; metrics go on without it.
  private def attach(spark: SparkContext): Unit =
    try ModelsTab.attach(spark, () => ModelTables.of(figures, published.nameOf))
    catch {
      case failed @ (NonFatal(_) | _: LinkageError) =>
        log.warn("Spark's UI has no page of models", failed)
    }

  private def publish(model: ModelVersion): Unit =
    published.add(model, () => figures.of(model))

  private def forget(model: ModelVersion): Unit =
    published.remove(model, !figures.models.exists(_._1.path == model.path))

  /** Null for what is no report. */
  override def receive(message: AnyRef): AnyRef = message match {
    case report: ExecutorReport =>
      figures.add(report)
      DriverMetrics.Arrived
    case _ => null
  }

  override def shutdown(): Unit = {
    reporter.foreach(_.stop())
    ModelCounts.remove(counts)
  }
}

private[metrics] object DriverMetrics {

  /** What Spark calls the driver where executors have a name. */
  val Driver = "driver"

  private val Arrived = "arrived"
}
