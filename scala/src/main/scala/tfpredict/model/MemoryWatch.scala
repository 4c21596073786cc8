package tfpredict.model

import java.lang.management.ManagementFactory
import java.nio.file.{Files, Paths}
import java.util.concurrent.atomic.{AtomicBoolean, AtomicLong}

import org.slf4j.LoggerFactory

import tfpredict.Settings

/**
 * Logs a warning when an executor's memory outside the JVM's heap approaches the container's limit.
 * When a container is killed for its memory, the cluster manager does not report what used it.
 *
 * @param outsideHeap
 *   returns the bytes that this process uses outside its heap, if known
 * @param warn
 *   receives one line. It is called again only after the memory use has fallen.
 */
final private[tfpredict] class MemoryWatch(outsideHeap: () => Option[Long], warn: String => Unit) {
  private val batches = new AtomicLong
  private val isWarned = new AtomicBoolean

  /** Call this for each window of batches. It checks only one in `Every` windows. */
  def onBatches(settings: Settings): Unit =
    if (settings.outsideHeap.isDefined && batches.incrementAndGet() % MemoryWatch.Every == 0) {
      look(settings)
    }

  /** Checks now. */
  def look(settings: Settings): Unit =
    for (limit <- settings.outsideHeap; found <- outsideHeap())
      if (MemoryWatch.isNear(found, limit)) {
        if (!isWarned.getAndSet(true)) warn(MemoryWatch.describe(found, limit))
      } else if (found < limit * 0.8) isWarned.set(false)
}

private[tfpredict] object MemoryWatch {

  /** The instance of this JVM. */
  lazy val shared: MemoryWatch = {
    val log = LoggerFactory.getLogger(classOf[MemoryWatch])
    new MemoryWatch(() => here, line => log.warn(line))
  }

  /** Windows between two checks. A check takes as long as some rows. */
  val Every = 64L

  /** Resident bytes of this process outside the heap. Known on Linux only. */
  def here: Option[Long] = {
    val statm = Paths.get("/proc/self/statm")
    if (!Files.isReadable(statm)) None
    else {
      // The second number is the count of resident pages. A page has 4 KB on x86_64, the runtime's
      // only platform.
      val resident = new String(Files.readAllBytes(statm)).split(" ")(1).toLong * 4096
      // The heap memory that was taken from the system, used or not.
      val heap = ManagementFactory.getMemoryMXBean.getHeapMemoryUsage.getCommitted
      Some(math.max(0L, resident - heap))
    }
  }

  /** Whether the memory outside the heap approaches its limit. */
  def isNear(found: Long, limit: Long): Boolean = found >= limit * 0.9

  private def describe(found: Long, limit: Long): String =
    s"This JVM has ${found >> 20} MB outside its heap, and spark.executor.memoryOverhead leaves " +
      s"room for ${limit >> 20} MB. A container that needs more is killed. Set more " +
      s"spark.executor.memoryOverhead, else fewer ${Settings.BatchRows.name}, " +
      s"spark.executor.cores or ${Settings.MemoryModels.name}."
}
