package tfpredict.host

import java.lang.management.ManagementFactory
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.util.Try

/**
 * Temporary folders of one process, for example that of a model while it loads. A killed process
 * leaves its folders behind. The next process that creates one removes them.
 *
 * @param folder
 *   the parent, which only this user can access
 */
final private[tfpredict] class ProcessFolders(folder: Path) {
  import ProcessFolders._

  /**
   * Creates an empty folder. The caller must delete it.
   *
   * @param kind
   *   the folder's purpose, a part of its name
   * @throws java.io.IOException
   *   if it cannot be created
   */
  def make(kind: String): Path = {
    Files.createDirectories(folder)
    removeLeftovers()
    Files.createTempDirectory(folder, s"$kind-$pid-")
  }

  /* Another container may share the disk but not the process numbers. So a folder must also be an
   * hour old. */
  private def removeLeftovers(): Unit = {
    val listed = Files.list(folder)
    val left =
      try listed.iterator.asScala.filter(entry => isLeft(entry)).toList
      finally listed.close()
    // Another process may be removing the same folders.
    left.foreach(entry => Try(HostFolder.delete(entry)))
  }
}

private[tfpredict] object ProcessFolders {

  /** Folders below the user's folder on this host. */
  def in(parent: Path): ProcessFolders =
    new ProcessFolders(HostFolder.in(parent).resolve("work"))

  /** This process's number. */
  lazy val pid: String = ManagementFactory.getRuntimeMXBean.getName.takeWhile(_ != '@')

  /** Whether an entry belongs to a process that has ended. The entry must also be an hour old. */
  def isLeft(entry: Path): Boolean = entry.getFileName.toString match {
    case Named(pid) =>
      // An entry that vanishes meanwhile is no leftover.
      Try(Files.getLastModifiedTime(entry).toMillis).toOption.exists { time =>
        System.currentTimeMillis - time > Hour && !Files.exists(Paths.get("/proc", pid))
      }
    case _ => false
  }

  private val Named = """.+?-(\d+)-.*""".r
  private val Hour = 3600000L
}
