package tfpredict.savedmodel

import java.io.{FileNotFoundException, IOException}
import java.nio.file.{Files, Path}

import scala.annotation.tailrec

import org.slf4j.LoggerFactory

import tfpredict.HostFolder

/** Brings a model again where a file system fails, as one does that is being restarted. */
private[savedmodel] object Attempts {
  private val log = LoggerFactory.getLogger(getClass)

  /**
   * Seconds before each new attempt. Hadoop's own clients have tried for longer before they fail.
   */
  private val Waits = List(1, 5, 15)

  /**
   * What does the same, and again on an error that may pass; files of the last attempt are gone.
   */
  def of(bring: Path => Unit): Path => Unit = folder => attempt(bring, folder, Waits)

  @tailrec private def attempt(bring: Path => Unit, folder: Path, waits: List[Int]): Unit = {
    val failed =
      try {
        bring(folder)
        None
      } catch {
        case missing: FileNotFoundException => throw missing
        case may: IOException if waits.nonEmpty && hasRoom(folder) => Some(may)
      }
    failed match {
      case None =>
      case Some(cause) =>
        log.warn(s"Bringing a model failed; again in ${waits.head} s", cause)
        Thread.sleep(waits.head * 1000L)
        HostFolder.clear(folder)
        attempt(bring, folder, waits.tail)
    }
  }

  // A full or read-only disk does not mend itself.
  private def hasRoom(folder: Path): Boolean = Files.isWritable(folder) &&
    Files.getFileStore(folder).getUsableSpace > (1L << 20)
}
