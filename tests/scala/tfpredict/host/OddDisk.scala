package tfpredict.host

import java.io.{BufferedReader, InputStreamReader}
import java.nio.file.{Files, Path, Paths}

/**
 * Real file systems with something amiss, for tests of any user: another process mounts one in a
 * namespace of its own, where this one reaches it. It is gone when that process ends.
 */
object OddDisk {

  /** A disk of so many KB, of which a folder is given to `body`. */
  def small[A](kilobytes: Int)(body: Path => A): A =
    mounted(s"mount -t tmpfs -o mode=755,size=${kilobytes}k tmpfs")(body)

  def readOnly[A](body: Path => A): A =
    mounted("mount -t tmpfs -o mode=755,ro tmpfs")(body)

  /** Whether this host lets its users make namespaces. */
  lazy val isPossible: Boolean = {
    val process = new ProcessBuilder("unshare", "-rm", "true").redirectErrorStream(true)
    try process.start().waitFor() == 0
    catch { case _: java.io.IOException => false }
  }

  private def mounted[A](command: String)(body: Path => A): A = {
    val folder = Files.createTempDirectory("disk-")
    // Told its own process' number; ends with its input.
    val script = s"""$command "$$0" && echo $$$$ && exec cat"""
    val process = new ProcessBuilder("unshare", "-rm", "sh", "-c", script, folder.toString)
      .redirectErrorStream(true)
      .start()
    try {
      val said = new BufferedReader(new InputStreamReader(process.getInputStream)).readLine()
      assert(said != null && said.matches("\\d+"), s"no disk could be mounted: $said")
      body(Paths.get(s"/proc/$said/root$folder"))
    } finally {
      process.getOutputStream.close()
      process.waitFor()
    }
  }
}
