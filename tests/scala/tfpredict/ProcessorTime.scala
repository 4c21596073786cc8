package tfpredict

import java.lang.management.ManagementFactory

import com.sun.management.OperatingSystemMXBean
import org.scalatest.Assertions

/** What this process takes of the processor. */
object ProcessorTime extends Assertions {
  private val Windows = 5

  /** Seconds of processor time so far. */
  def seconds: Double =
    ManagementFactory.getOperatingSystemMXBean
      .asInstanceOf[OperatingSystemMXBean]
      .getProcessCpuTime / 1e9

  /**
   * Asserts that nothing loops. The JVM's compiler may still be busy for a while; a loop that goes
   * on takes a core in every window.
   */
  def assertIdle(): Unit =
    assert((1 to Windows).exists(_ => taken(2000) < 1), "a core is still taken")

  private def taken(millis: Long): Double = {
    val before = seconds
    Thread.sleep(millis)
    seconds - before
  }
}
