package tfpredict.model

import java.lang.management.ManagementFactory
import java.nio.file.{Files, Paths}
import java.util.concurrent.atomic.{AtomicBoolean, AtomicLong}

import org.slf4j.LoggerFactory

import tfpredict.Settings

/**
 * Says in an executor's log when what it has outside the JVM's heap comes near what its container
 * has room for: who kills a container for its memory does not say what took it.
 *
 * @param outsideHeap
 *   bytes that this process has outside its heap, if that can be told here
 * @param warn
 *   gets one line, and another only after the memory had fallen
 */
final private[tfpredict] class MemoryWatch(outsideHeap: () => Option[Long], warn: String => Unit) {
  private val batches = new AtomicLong
  private val isNear = new AtomicBoolean

  /** To be called for each window of batches; looks at few of them. */
  def onBatches(settings: Settings): Unit =
    if (settings.outsideHeap.isDefined && batches.incrementAndGet() % MemoryWatch.Every == 0) {
      look(settings)
    }

  /** Looks now. */
  def look(settings: Settings): Unit =
    for (limit <- settings.outsideHeap; found <- outsideHeap())
      if (found >= limit * 0.9) {
        if (!isNear.getAndSet(true)) warn(MemoryWatch.describe(found, limit))
      } else if (found < limit * 0.8) isNear.set(false)
}

private[tfpredict] object MemoryWatch {

  /** The JVM's own. */
  lazy val shared: MemoryWatch = {
    val log = LoggerFactory.getLogger(classOf[MemoryWatch])
    new MemoryWatch(() => here, line => log.warn(line))
  }

  /** Windows from one look to the next: a look takes as long as some rows do. */
  val Every = 64L

  /** Resident bytes of this process that are not its heap's; Linux alone tells. */
  def here: Option[Long] = {
    val statm = Paths.get("/proc/self/statm")
    if (!Files.isReadable(statm)) None
    else {
      // The second number. A page is 4 KB on x86_64, and the runtime is made for nothing else.
      val resident = new String(Files.readAllBytes(statm)).split(" ")(1).toLong * 4096
      // As much of it as the heap has taken from the system, used or not.
      val heap = ManagementFactory.getMemoryMXBean.getHeapMemoryUsage.getCommitted
      Some(math.max(0L, resident - heap))
    }
  }

  private def describe(found: Long, limit: Long): String =
    s"This JVM has ${found >> 20} MB outside its heap, and spark.executor.memoryOverhead leaves " +
      s"room for ${limit >> 20} MB. A container that needs more is killed. Give executors more " +
      "spark.executor.memoryOverhead or fewer spark.executor.cores, set fewer rows in " +
      s"${Settings.BatchRows.name}, or keep fewer models with ${Settings.MemoryModels.name}."
}
