package tfpredict.batch

import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.{CompletableFuture, CompletionException, Executors, ThreadFactory}

/**
 * Runs windows beside the tasks' own threads, which read the next rows meanwhile. There are as many
 * threads as tasks that wait; they end a minute after the last has.
 */
private[batch] object BatchRunner {
  private val count = new AtomicInteger

  private val threads = Executors.newCachedThreadPool(new ThreadFactory {
    override def newThread(work: Runnable): Thread = {
      val thread = new Thread(work, s"tfpredict-batch-${count.incrementAndGet}")
      thread.setDaemon(true)
      // Not that of the task that happens to be the first.
      thread.setContextClassLoader(getClass.getClassLoader)
      thread
    }
  })

  def submit[A](work: => A): CompletableFuture[A] =
    CompletableFuture.supplyAsync[A](() => work, threads)

  /** Waits for the outcome, whether the thread is interrupted or not: a native run is neither. */
  def await[A](future: CompletableFuture[A]): A =
    try future.join()
    catch { case failed: CompletionException => throw failed.getCause }
}
