package tfpredict.batch

import java.util.ArrayDeque

import tfpredict.messages.ErrorClass
import tfpredict.{InputException, OnError, Settings}

/** Rows of one task that the model rejects, where that does not fail the task. */
final private[batch] class Refusals(settings: Settings, listener: BatchListener) {
  // Of rows that were rejected before they ran, for each function; they wait in the rows' order.
  private val waiting = new ArrayDeque[IndexedSeq[Rejection]]
  private var total = 0L

  /** Whether such a row costs only itself. */
  val isolates: Boolean = settings.onError != OnError.Fail

  /** What is said of it in the row's result. */
  def told(rejection: Rejection): String =
    if (settings.onError == OnError.Late) rejection.record else rejection.text

  /** Keeps why each function rejects a row until its result is asked for. */
  def add(rejections: IndexedSeq[Rejection]): Unit = {
    waiting.add(rejections)
    count(rejections.head)
  }

  /** Why the next of them was rejected. */
  def remove(): IndexedSeq[Rejection] = waiting.remove()

  /** Forgets those that wait. */
  def clear(): Unit = waiting.clear()

  /** @throws InputException if there are more of them than a task may have */
  def count(rejection: Rejection): Unit = if (settings.onError != OnError.Late) {
    total += 1
    listener.onRefused()
    for (most <- settings.errorLimit if total > most) throw new InputException(
      ErrorClass.TooManyRejectedRows,
      rejection.model.label,
      s"at most $most rejected rows in a task (${Settings.ErrorsMax.name})",
      s"one more, with ${rejection.found} (${rejection.error.name})",
      "Look at the rows' errors with on_error=\"struct\", and fix the data."
    )
  }
}
