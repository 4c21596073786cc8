package tfpredict.model

import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.{CompletableFuture, CompletionException}

import scala.annotation.tailrec

import tfpredict.host.Stopped

/**
 * Work that runs once for all threads that request it. Threads that come meanwhile wait for its
 * end. A failure is not cached, and all waiting threads get its cause. If the working thread was
 * stopped, another one does the work instead.
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
      // `current` is null if the work failed meanwhile.
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
