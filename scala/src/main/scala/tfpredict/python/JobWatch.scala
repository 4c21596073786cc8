package tfpredict.python

import java.util.{Map => JMap}

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.apache.spark.scheduler.{
  AccumulableInfo,
  SparkListener,
  SparkListenerExecutorMetricsUpdate,
  SparkListenerJobEnd,
  SparkListenerJobStart,
  SparkListenerStageSubmitted,
  SparkListenerTaskEnd
}
import org.apache.spark.{SparkContext, Success}

import tfpredict.sql.PredictMetrics

/**
 * Follows the progress of Spark's jobs from its creation until it is closed: the tasks of started
 * stages, and the rows that models predicted. The figures of a running task come from the
 * executor's last heartbeat.
 */
final class JobWatch private[python] (context: SparkContext) extends SparkListener {
  private val running = mutable.Map.empty[Long, Long]
  private var jobs, jobsDone, tasks, tasksDone, tasksFailed, rowsPredicted, rowsWritten = 0L

  context.addSparkListener(this)

  def close(): Unit = context.removeSparkListener(this)

  /** Returns the counts by name. */
  def state(): JMap[String, java.lang.Long] = synchronized {
    Map(
      "jobs" -> jobs,
      "jobs_done" -> jobsDone,
      "tasks" -> tasks,
      "tasks_done" -> tasksDone,
      "tasks_failed" -> tasksFailed,
      "rows_predicted" -> (rowsPredicted + running.values.sum),
      "rows_written" -> rowsWritten
    ).map { case (name, count) => name -> Long.box(count) }.asJava
  }

  override def onJobStart(event: SparkListenerJobStart): Unit = synchronized(jobs += 1)

  override def onJobEnd(event: SparkListenerJobEnd): Unit = synchronized(jobsDone += 1)

  override def onStageSubmitted(event: SparkListenerStageSubmitted): Unit =
    synchronized(tasks += event.stageInfo.numTasks)

  override def onTaskEnd(event: SparkListenerTaskEnd): Unit = synchronized {
    running.remove(event.taskInfo.taskId)
    if (event.reason == Success) {
      tasksDone += 1
      rowsPredicted += predicted(event.taskInfo.accumulables)
      Option(event.taskMetrics).foreach { metrics =>
        rowsWritten += metrics.outputMetrics.recordsWritten
      }
    } else tasksFailed += 1
  }

  override def onExecutorMetricsUpdate(event: SparkListenerExecutorMetricsUpdate): Unit =
    synchronized {
      event.accumUpdates.foreach { case (task, _, _, updates) =>
        running(task) = predicted(updates)
      }
    }

  // Heartbeats of a local master have no names for Spark's own counts of rows read.
  private def predicted(updates: Seq[AccumulableInfo]): Long =
    updates
      .filter(_.name.contains(PredictMetrics.Predicted))
      .flatMap(_.update)
      .collect { case count: Long => count }
      .sum
}
