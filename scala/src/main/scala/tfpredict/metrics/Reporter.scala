package tfpredict.metrics

import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit.MILLISECONDS

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

/**
 * Delivers what a JVM has counted, in a thread of its own, so that no task ever waits for it. What
 * could not be delivered is a part of the next delivery.
 *
 * @param deliver
 *   returns when the reports have arrived; it may take long, and may fail
 */
final private[metrics] class Reporter(
    counts: JvmCounts,
    every: Long,
    deliver: Array[ModelReport] => Unit
) {
  private val log = LoggerFactory.getLogger(classOf[Reporter])
  private val ended = new CountDownLatch(1)

  private val thread = new Thread(() => run(), "tfpredict-metrics")
  thread.setDaemon(true)
  thread.setContextClassLoader(getClass.getClassLoader)
  thread.start()

  private def run(): Unit =
    try {
      while (!ended.await(every, MILLISECONDS)) report()
      report()
    } catch { case _: InterruptedException => () }

  private def report(): Unit = {
    val changes = counts.changes()
    if (changes.nonEmpty) {
      try {
        deliver(changes)
        counts.arrived(changes)
      } catch {
        case NonFatal(failed) =>
          log.debug("Metrics were not delivered. The next report has them.", failed)
      }
    }
  }

  /** Delivers the rest, and waits for that no longer than a moment. */
  def stop(): Unit = {
    ended.countDown()
    thread.join(Reporter.Last)
  }
}

private[metrics] object Reporter {

  /** Milliseconds from one report to the next. */
  val Every = 5000L

  /** Milliseconds that the last report may hold up the end of a JVM. */
  val Last = 3000L
}
