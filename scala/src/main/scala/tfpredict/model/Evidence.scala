package tfpredict.model

import java.util.concurrent.atomic.AtomicInteger

/**
 * What the runs of a loaded function say of it, in all tasks: a function that has answered a row
 * works, and what it then rejects are rows. Thread-safe.
 */
final private[tfpredict] class Evidence {
  @volatile private var answered = false
  private val rejected = new AtomicInteger

  def hasAnswered: Boolean = answered

  def onAnswer(): Unit = if (!answered) answered = true

  /**
   * A row alone failed, before any was answered; whether so many have that the model is at fault.
   */
  def onRejected(): Boolean = rejected.incrementAndGet() >= Evidence.Enough
}

private object Evidence {

  /** As many as a task's first batch has, in most cases. */
  val Enough = 16
}
