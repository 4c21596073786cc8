package tfpredict.host

import java.lang.management.ManagementFactory
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.util.Try

/**
 * Folders that are one process's for a while, such as a model's while it loads. A process that is
 * killed leaves its own behind; the next one that makes some removes them.
 *
 * @param folder
 *   this user's alone
 */
final private[tfpredict] class ProcessFolders(folder: Path) {
  import ProcessFolders._

  /**
   * An empty folder for the caller, who deletes it.
   *
   * @param kind
   *   what it is for, in its name
   * @throws java.io.IOException
   *   if it cannot be made
   */
  def make(kind: String): Path = {
    Files.createDirectories(folder)
    removeLeftovers()
    Files.createTempDirectory(folder, s"$kind-$pid-")
  }

  /* A process of another container may share the disk and not the numbers of processes, so that an
   * hour must have passed as well. */
  private def removeLeftovers(): Unit = {
    val listed = Files.list(folder)
    val left =
      try listed.iterator.asScala.filter(entry => isLeft(entry)).toList
      finally listed.close()
    // Another process can be removing the same.
    left.foreach(entry => Try(HostFolder.delete(entry)))
  }
}

private[tfpredict] object ProcessFolders {

  /** Below the user's folder on this host. */
  def in(parent: Path): ProcessFolders =
    new ProcessFolders(HostFolder.in(parent).resolve("work"))

  /** This process's number. */
  lazy val pid: String = ManagementFactory.getRuntimeMXBean.getName.takeWhile(_ != '@')

  /** Whether a process that is no more left the entry: its age tells where its number does not. */
  def isLeft(entry: Path): Boolean = entry.getFileName.toString match {
    case Named(pid) =>
      // What is removed meanwhile is no leftover.
      Try(Files.getLastModifiedTime(entry).toMillis).toOption.exists { time =>
        System.currentTimeMillis - time > Hour && !Files.exists(Paths.get("/proc", pid))
      }
    case _ => false
  }

  private val Named = """.+?-(\d+)-.*""".r
  private val Hour = 3600000L
}
