package tfpredict

import java.lang.management.ManagementFactory

import com.sun.management.OperatingSystemMXBean
import org.scalatest.Assertions

/** What this process takes of the processor. */
object ProcessorTime extends Assertions {

  /** Seconds of processor time so far. */
  def seconds: Double =
    ManagementFactory.getOperatingSystemMXBean
      .asInstanceOf[OperatingSystemMXBean]
      .getProcessCpuTime / 1e9

  /** Asserts that nothing loops. */
  def assertIdle(): Unit = {
    val before = seconds
    Thread.sleep(2000)
    assert(seconds - before < 1, "a core is still taken")
  }
}
