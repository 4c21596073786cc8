package tfpredict

import java.util.concurrent.atomic.AtomicReference

import scala.util.{Failure, Success, Try}

/** Work in a thread of its own. */
final class Background[A] private (work: () => A) {
  private val outcome = new AtomicReference[Try[A]]

  private val thread = new Thread(() =>
    outcome.set(
      // `Try` alone does not catch linkage errors.
      try Success(work())
      catch { case failed: Throwable => Failure(failed) }
    )
  )

  def interrupt(): Unit = thread.interrupt()

  /** Returns the result, or fails after two minutes. */
  def await(): A = {
    thread.join(120000)
    assert(!thread.isAlive, "it does not end")
    outcome.get.get
  }
}

object Background {
  def apply[A](work: => A): Background[A] = {
    val background = new Background(() => work)
    background.thread.setDaemon(true)
    background.thread.start()
    background
  }
}
