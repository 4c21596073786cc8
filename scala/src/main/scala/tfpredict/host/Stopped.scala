package tfpredict.host

import java.io.InterruptedIOException
import java.net.SocketTimeoutException
import java.nio.channels.{ClosedByInterruptException, FileLockInterruptionException}

import org.apache.spark.TaskKilledException

/** Tells what a killed task ends with from what is amiss with a model, a disk or a file system. */
private[tfpredict] object Stopped {

  /** @throws java.io.InterruptedIOException if somebody stopped this thread */
  def check(): Unit =
    if (Thread.currentThread.isInterrupted) throw new InterruptedIOException("stopped")

  /** Whether somebody stopped the thread: this exception or one behind it says so. */
  def is(failed: Throwable): Boolean =
    Iterator.iterate(failed)(_.getCause).takeWhile(_ != null).exists {
      case _: SocketTimeoutException => false
      case _: InterruptedException | _: InterruptedIOException | _: TaskKilledException => true
      case _: ClosedByInterruptException | _: FileLockInterruptionException => true
      case _ => false
    }
}
