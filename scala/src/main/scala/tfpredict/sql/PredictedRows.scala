package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.{TaskContext, TaskKilledException}

import tfpredict.batch.BatchListener

/**
 * The output of a partition: counts the rows, times a sample of them, and ends with the task.
 *
 * @param waiting
 *   the kept columns of the rows, if any are kept
 */
final private[sql] class PredictedRows(
    results: Iterator[InternalRow],
    outputs: OutputRows,
    waiting: Option[RowBuffer],
    metrics: PredictMetrics,
    task: TaskContext
) extends Iterator[InternalRow] {
  private val kept = waiting.orNull
  private var count = 0

  override def hasNext: Boolean = results.hasNext

  override def next(): InternalRow = {
    val result = results.next()
    count += 1
    metrics.onOutput(1)
    if ((count & BatchListener.SampleMask) == 0) timed(result) else output(result)
  }

  private def timed(result: InternalRow): InternalRow = {
    // A source may not check for it itself, and a cancelled task should end soon.
    PredictedRows.endIfKilled(task)
    val started = System.nanoTime
    val row = output(result)
    metrics.onDecoded((BatchListener.SampleMask + 1) * (System.nanoTime - started))
    row
  }

  private def output(result: InternalRow): InternalRow =
    outputs.of(if (kept == null) null else kept.remove(), result)
}

private[sql] object PredictedRows {

  def endIfKilled(task: TaskContext): Unit =
    if (task.isInterrupted()) throw new TaskKilledException("cancelled")
}
