package tfpredict.host

import java.io.IOException

/**
 * A failure of the local disk, for example because it is full or read-only. A failure of the
 * model's file system is a different exception, since only that one is worth a retry.
 */
final private[tfpredict] class DiskException(val failed: IOException)
    extends IOException(failed.toString, failed) {

  override def toString: String = failed.toString
}

private[tfpredict] object DiskException {

  /** Runs code that accesses only the local disk, and converts its failures. */
  def of[A](body: => A): A =
    try body
    catch {
      case known: DiskException => throw known
      // The task was killed, so the disk is not the cause.
      case stopped: IOException if Stopped.is(stopped) => throw stopped
      case failed: IOException => throw new DiskException(failed)
    }
}
