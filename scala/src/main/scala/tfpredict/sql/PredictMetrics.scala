package tfpredict.sql

import org.apache.spark.SparkContext
import org.apache.spark.sql.execution.metric.{SQLMetric, SQLMetrics}

import tfpredict.batch.BatchListener

/**
 * The metrics of a [[PredictExec]] in Spark's UI. The times for encoding and decoding are
 * extrapolated from a sample of rows.
 */
final private[sql] class PredictMetrics(metrics: Map[String, SQLMetric])
    extends BatchListener
    with Serializable {
  private val outputRows = metrics(PredictMetrics.OutputRows)
  private val rows = metrics("rows")
  private val batches = metrics("batches")
  private val rejected = metrics("rejected")
  private val loads = metrics("loads")
  private val fetching = metrics("fetch")
  private val loading = metrics("load")
  private val encoding = metrics("encode")
  private val running = metrics("run")
  private val decoding = metrics("decode")

  override def onModel(fetchingNanos: Long, loadingNanos: Long): Unit = {
    loads.add(1)
    fetching.add(fetchingNanos)
    loading.add(loadingNanos)
  }

  override def onBatches(rowCount: Int, batchCount: Int, encoded: Long, ran: Long): Unit = {
    rows.add(rowCount.toLong)
    batches.add(batchCount.toLong)
    encoding.add(encoded)
    running.add(ran)
  }

  override def onRejected(): Unit = rejected.add(1)

  def onDecoded(nanos: Long): Unit = decoding.add(nanos)

  def onOutput(count: Long): Unit = outputRows.add(count)
}

private[tfpredict] object PredictMetrics {

  /** The name in Spark's UI of the number of rows that models predicted. */
  val Predicted = "rows predicted"

  val OutputRows = "numOutputRows"

  def create(context: SparkContext): Map[String, SQLMetric] = {
    def count(name: String) = SQLMetrics.createMetric(context, name)
    def time(name: String) = SQLMetrics.createNanoTimingMetric(context, name)
    Map(
      OutputRows -> count("number of output rows"),
      "rows" -> count(Predicted),
      "batches" -> count("batches"),
      "rejected" -> count("rows rejected"),
      "loads" -> count("models loaded"),
      "fetch" -> time("time to fetch models"),
      "load" -> time("time to load models"),
      "encode" -> time("time to encode"),
      "run" -> time("time to run"),
      "decode" -> time("time to decode")
    )
  }
}
