package tfpredict.savedmodel.store

import java.io.{FileNotFoundException, IOException}
import java.nio.file.Path

import scala.annotation.tailrec

import org.apache.hadoop.security.AccessControlException
import org.apache.spark.{TaskContext, TaskKilledException}
import org.slf4j.LoggerFactory

import tfpredict.host.{DiskException, HostFolder, Stopped}

/** Retries a fetch after a file system error. The file system may be restarting. */
private[savedmodel] object Attempts {
  private val log = LoggerFactory.getLogger(getClass)

  /** Seconds before each retry. Hadoop's own clients have retried for longer before they fail. */
  val Waits: Seq[Int] = Seq(1, 5, 15)

  /**
   * A function that fetches and retries on errors that may pass. Each retry starts with an empty
   * folder.
   */
  def of(fetch: Path => Unit, waits: Seq[Int] = Waits): Path => Unit =
    folder => attempt(fetch, folder, waits.toList)

  @tailrec private def attempt(fetch: Path => Unit, folder: Path, waits: List[Int]): Unit = {
    val failed =
      try {
        fetch(folder)
        None
      } catch { case may: IOException if waits.nonEmpty && mayPass(may) => Some(may) }
    failed match {
      case None =>
      case Some(cause) =>
        log.warn(s"Fetching a model failed. The next attempt is in ${waits.head} s", cause)
        await(waits.head)
        HostFolder.clear(folder)
        attempt(fetch, folder, waits.tail)
    }
  }

  private def mayPass(failed: IOException): Boolean = failed match {
    case _: FileNotFoundException | _: AccessControlException | _: DiskException => false
    case other => !Stopped.is(other)
  }

  // By default Spark does not interrupt a killed task, so the wait checks for it.
  private def await(seconds: Int): Unit = {
    val until = System.nanoTime + seconds * 1000000000L
    while (System.nanoTime < until) {
      if (Option(TaskContext.get()).exists(_.isInterrupted()))
        throw new TaskKilledException("killed")
      Thread.sleep(50)
    }
  }
}
