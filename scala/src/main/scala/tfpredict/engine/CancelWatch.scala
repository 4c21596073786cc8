package tfpredict.engine

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

/**
 * Looks twice a second at the runs that can be cancelled, in one thread of this JVM, which ends
 * when there were none for a minute. Spark tells nobody that a task was killed: its thread waits in
 * native code, where an interrupt does nothing.
 */
private[engine] object CancelWatch {

  /**
   * @param isCancelled
   *   asked twice a second while this is watched; cheap
   * @param cancel
   *   called once where it holds
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
    // Not that of the task that happens to be the first.
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

  // One that was added meanwhile has seen that this thread looks, so it must look on.
  private def goesOn(): Boolean = {
    isLooking.set(false)
    !all.isEmpty && isLooking.compareAndSet(false, true)
  }

  // Other runs are watched on, whatever is wrong with this one, which its timeout ends.
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
