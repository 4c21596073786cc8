package tfpredict.metrics

import java.util.{Map => JMap}

import org.apache.spark.api.plugin.{ExecutorPlugin, PluginContext}

import tfpredict.counts.ModelCounts

/** Counts in an executor, and reports to the driver. */
final private[metrics] class ExecutorMetrics extends ExecutorPlugin {
  private val counts = new JvmCounts
  private var reporter: Option[Reporter] = None

  // In local mode the executor is a part of the driver, which counts for both.
  override def init(context: PluginContext, extra: JMap[String, String]): Unit =
    if (context.executorID != DriverMetrics.Driver) {
      ModelCounts.install(counts)
      reporter = Some(new Reporter(
        counts,
        Reporter.Every,
        // Its answer says that the report arrived.
        models => {
          context.ask(ExecutorReport(context.executorID, models))
          ()
        }
      ))
    }

  override def shutdown(): Unit = {
    reporter.foreach(_.stop())
    ModelCounts.remove(counts)
  }
}
