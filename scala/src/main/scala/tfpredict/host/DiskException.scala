package tfpredict.host

import java.io.IOException

/**
 * The local disk failed, and not the file system that a model comes from: it is full or read-only,
 * which no other attempt mends.
 */
final private[tfpredict] class DiskException(val failed: IOException)
    extends IOException(failed.toString, failed) {

  override def toString: String = failed.toString
}

private[tfpredict] object DiskException {

  /** What touches only the local disk. */
  def of[A](body: => A): A =
    try body
    catch {
      case known: DiskException => throw known
      // A task that was killed; the disk is well.
      case stopped: IOException if Stopped.is(stopped) => throw stopped
      case failed: IOException => throw new DiskException(failed)
    }
}
