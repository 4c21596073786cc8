package tfpredict.host

import java.io.InterruptedIOException
import java.net.SocketTimeoutException
import java.nio.channels.{ClosedByInterruptException, FileLockInterruptionException}

import org.apache.spark.TaskKilledException

/**
 * Recognizes exceptions of a killed task, so that they are not blamed on a model, a disk or a file
 * system.
 */
private[tfpredict] object Stopped {

  /**
   * Fails if this thread is interrupted.
   *
   * @throws java.io.InterruptedIOException
   *   if this thread is interrupted
   */
  def check(): Unit =
    if (Thread.currentThread.isInterrupted) throw new InterruptedIOException("stopped")

  /** Whether the exception or one of its causes means that the thread was stopped. */
  def is(failed: Throwable): Boolean =
    Iterator.iterate(failed)(_.getCause).takeWhile(_ != null).exists {
      case _: SocketTimeoutException => false
      case _: InterruptedException | _: InterruptedIOException | _: TaskKilledException => true
      case _: ClosedByInterruptException | _: FileLockInterruptionException => true
      case _ => false
    }
}
