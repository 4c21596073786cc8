package tfpredict.batch

import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.{CompletableFuture, CompletionException, Executors, ThreadFactory}

/**
 * Runs windows in threads of its own, so that a task's thread can read the next rows. The pool has
 * one thread for each task that waits. A thread ends after a minute without work.
 */
private[batch] object BatchRunner {
  private val count = new AtomicInteger

  private val threads = Executors.newCachedThreadPool(new ThreadFactory {
    override def newThread(work: Runnable): Thread = {
      val thread = new Thread(work, s"tfpredict-batch-${count.incrementAndGet}")
      thread.setDaemon(true)
      // The default would be the class loader of the first task's thread.
      thread.setContextClassLoader(getClass.getClassLoader)
      thread
    }
  })

  def submit[A](work: => A): CompletableFuture[A] =
    CompletableFuture.supplyAsync[A](() => work, threads)

  /** Waits for the outcome. An interrupt is ignored, since it would not stop the native run. */
  def await[A](future: CompletableFuture[A]): A =
    try future.join()
    catch { case failed: CompletionException => throw failed.getCause }
}
