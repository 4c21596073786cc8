package tfpredict.metrics

import org.apache.spark.api.plugin.{DriverPlugin, ExecutorPlugin, SparkPlugin}

import tfpredict.host.SparkFit

/**
 * Counts rows, batches, loads and failures by model and version, and shows the sums over all
 * executors in the driver's metrics and in Spark's UI. Whoever starts Spark switches it on:
 *
 * {{{
 * spark.plugins tfpredict.metrics.MetricsPlugin
 * }}}
 *
 * Executors report to the driver every five seconds, if anything changed. No task waits for it.
 *
 * @since 0.1.0
 */
final class MetricsPlugin extends SparkPlugin {

  override def driverPlugin(): DriverPlugin = {
    SparkFit.check()
    new DriverMetrics
  }

  override def executorPlugin(): ExecutorPlugin = new ExecutorMetrics
}
