package tfpredict.model

import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.{CompletableFuture, CompletionException}

import scala.annotation.tailrec

import tfpredict.host.Stopped

/**
 * Work that is done once for all threads that ask for it. Those who come while it is done wait for
 * its end. A failure is not remembered, and all who waited for it see its cause, unless it is that
 * the thread which was at work was stopped: then another of them does it.
 */
final private[model] class OneRun {
  private val current = new AtomicReference[CompletableFuture[Unit]]

  @tailrec def of(work: => Unit): Unit = {
    val mine = new CompletableFuture[Unit]
    if (current.compareAndSet(null, mine)) {
      try work
      catch {
        case failed: Throwable =>
          current.set(null)
          mine.completeExceptionally(failed)
          throw failed
      }
      mine.complete(())
    } else {
      val other = Option(current.get)
      // None has failed between the two looks.
      if (!other.exists(isDone)) of(work)
    }
  }

  private def isDone(other: CompletableFuture[Unit]): Boolean =
    try {
      other.join()
      true
    } catch {
      case stopped: CompletionException if Stopped.is(stopped) => false
      case failed: CompletionException => throw failed.getCause
    }
}
