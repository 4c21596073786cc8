package tfpredict.python

import java.util.{Map => JMap}

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.apache.spark.scheduler.{
  SparkListener,
  SparkListenerExecutorMetricsUpdate,
  SparkListenerJobEnd,
  SparkListenerJobStart,
  SparkListenerStageSubmitted,
  SparkListenerTaskEnd
}
import org.apache.spark.{SparkContext, Success}

/**
 * How far Spark's jobs are, from when this was made until it is closed: tasks of the stages that
 * have begun, and rows as the tasks count them. Of a running task it knows what the executor's last
 * heartbeat said.
 */
final class JobWatch private[python] (context: SparkContext) extends SparkListener {
  private val running = mutable.Map.empty[Long, Long]
  private var jobs, jobsDone, tasks, tasksDone, tasksFailed, rowsRead, rowsWritten = 0L

  context.addSparkListener(this)

  def close(): Unit = context.removeSparkListener(this)

  /** Numbers by name. */
  def state(): JMap[String, java.lang.Long] = synchronized {
    Map(
      "jobs" -> jobs,
      "jobs_done" -> jobsDone,
      "tasks" -> tasks,
      "tasks_done" -> tasksDone,
      "tasks_failed" -> tasksFailed,
      "rows_read" -> (rowsRead + running.values.sum),
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
      Option(event.taskMetrics).foreach { metrics =>
        rowsRead += metrics.inputMetrics.recordsRead
        rowsWritten += metrics.outputMetrics.recordsWritten
      }
    } else tasksFailed += 1
  }

  override def onExecutorMetricsUpdate(event: SparkListenerExecutorMetricsUpdate): Unit =
    synchronized {
      for {
        (task, _, _, updates) <- event.accumUpdates
        update <- updates if update.name.contains("internal.metrics.input.recordsRead")
        count <- update.update
      } running(task) = count.toString.toLong
    }
}
