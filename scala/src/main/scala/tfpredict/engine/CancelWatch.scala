package tfpredict.engine

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

/**
 * Watches the runs that can be cancelled, twice a second, in one thread per JVM. The thread ends
 * after a minute without such runs. Polling is necessary: Spark notifies nobody that a task was
 * killed, and an interrupt does not stop a thread that waits in native code.
 */
private[engine] object CancelWatch {

  /**
   * A run to watch.
   *
   * @param isCancelled
   *   whether to cancel the run. Called twice a second, so it must be cheap.
   * @param cancel
   *   cancels the run. Called once.
   */
  final class Watched(val isCancelled: () => Boolean, val cancel: () => Unit)

  private val log = LoggerFactory.getLogger(getClass)
  private val all = ConcurrentHashMap.newKeySet[Watched]
  private val isLooking = new AtomicBoolean

  def add(watched: Watched): Unit = {
    all.add(watched)
    if (!isLooking.get && isLooking.compareAndSet(false, true)) start()
  }

  def remove(watched: Watched): Unit = {
    all.remove(watched)
    ()
  }

  private def start(): Unit = {
    val thread = new Thread(() => lookOn(), "tfpredict-cancel")
    thread.setDaemon(true)
    // The default would be the class loader of the first task's thread.
    thread.setContextClassLoader(getClass.getClassLoader)
    thread.start()
  }

  private def lookOn(): Unit = {
    var idle = 0
    while (idle < MostIdle || goesOn()) {
      Thread.sleep(PeriodMillis)
      if (all.isEmpty) idle += 1
      else {
        idle = 0
        all.forEach(watched => look(watched))
      }
    }
  }

  // A run added meanwhile relied on this thread, so the thread must then continue.
  private def goesOn(): Boolean = {
    isLooking.set(false)
    !all.isEmpty && isLooking.compareAndSet(false, true)
  }

  // If a run cannot be cancelled, the other runs are still watched. Its timeout ends it.
  private def look(watched: Watched): Unit =
    try
      if (watched.isCancelled()) {
        remove(watched)
        watched.cancel()
      }
    catch {
      case NonFatal(failed) =>
        remove(watched)
        log.warn("Cannot cancel a run", failed)
    }

  private val PeriodMillis = 500L
  private val MostIdle = 120
}
