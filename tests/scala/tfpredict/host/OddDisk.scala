package tfpredict.host

import java.io.{BufferedReader, InputStreamReader}
import java.nio.file.{Files, Path, Paths}

/**
 * Real file systems with a defect, for tests without root. Another process mounts one in its own
 * namespace and gives this process access. The file system disappears when that process ends.
 */
object OddDisk {

  /** A disk of this many KB. `body` gets a folder on it. */
  def small[A](kilobytes: Int)(body: Path => A): A =
    mounted(s"mount -t tmpfs -o mode=755,size=${kilobytes}k tmpfs")(body)

  def readOnly[A](body: Path => A): A =
    mounted("mount -t tmpfs -o mode=755,ro tmpfs")(body)

  /** Whether this host lets its users create namespaces. */
  lazy val isPossible: Boolean = {
    val process = new ProcessBuilder("unshare", "-rm", "true").redirectErrorStream(true)
    try process.start().waitFor() == 0
    catch { case _: java.io.IOException => false }
  }

  private def mounted[A](command: String)(body: Path => A): A = {
    val folder = Files.createTempDirectory("disk-")
    // Prints its process number, and ends when its input does.
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
