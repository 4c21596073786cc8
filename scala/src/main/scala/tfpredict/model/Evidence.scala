package tfpredict.model

import java.util.concurrent.atomic.AtomicInteger

/**
 * The outcomes of a loaded function's runs, in all tasks. Once it has a result for a row, the
 * function works, and later failures are the rows' fault. Thread-safe.
 */
final private[tfpredict] class Evidence {
  @volatile private var answered = false
  private val rejected = new AtomicInteger

  def hasAnswered: Boolean = answered

  def onAnswer(): Unit = if (!answered) answered = true

  /**
   * Records that a single row failed. Returns whether enough rows have failed, before any result,
   * to blame the model.
   */
  def onRejected(): Boolean = rejected.incrementAndGet() >= Evidence.Enough
}

private object Evidence {

  /** The usual size of a task's first batch. */
  val Enough = 16
}
