package tfpredict.savedmodel

import java.io.{FileNotFoundException, IOException, InterruptedIOException}
import java.net.SocketTimeoutException
import java.nio.channels.ClosedByInterruptException
import java.nio.file.Path

import scala.annotation.tailrec

import org.apache.hadoop.security.AccessControlException
import org.slf4j.LoggerFactory

import tfpredict.{DiskException, HostFolder}

/** Brings a model again where a file system fails, as one does that is being restarted. */
private[savedmodel] object Attempts {
  private val log = LoggerFactory.getLogger(getClass)

  /**
   * Seconds before each new attempt. Hadoop's own clients have tried for longer before they fail.
   */
  val Waits: Seq[Int] = Seq(1, 5, 15)

  /**
   * What does the same, and again on an error that may pass; files of the last attempt are gone.
   */
  def of(bring: Path => Unit, waits: Seq[Int] = Waits): Path => Unit =
    folder => attempt(bring, folder, waits.toList)

  @tailrec private def attempt(bring: Path => Unit, folder: Path, waits: List[Int]): Unit = {
    val failed =
      try {
        bring(folder)
        None
      } catch { case may: IOException if waits.nonEmpty && mayPass(may) => Some(may) }
    failed match {
      case None =>
      case Some(cause) =>
        log.warn(s"Bringing a model failed; again in ${waits.head} s", cause)
        Thread.sleep(waits.head * 1000L)
        HostFolder.clear(folder)
        attempt(bring, folder, waits.tail)
    }
  }

  private def mayPass(failed: IOException): Boolean = failed match {
    case _: FileNotFoundException | _: AccessControlException | _: DiskException => false
    case _: SocketTimeoutException => true
    // A task that was killed.
    case _: InterruptedIOException | _: ClosedByInterruptException => false
    case _ => true
  }
}
