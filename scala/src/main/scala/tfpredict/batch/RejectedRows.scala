package tfpredict.batch

import java.util.ArrayDeque

import tfpredict.messages.ErrorClass
import tfpredict.{InputException, OnError, Settings}

/** The rejected rows of one task, unless a rejected row fails the task. */
final private[batch] class RejectedRows(settings: Settings, listener: BatchListener) {
  // Rows rejected before they ran, with a reason per function, in the rows' order.
  private val waiting = new ArrayDeque[IndexedSeq[Rejection]]
  private var total = 0L

  /** Whether a rejected row costs only itself. */
  val isolates: Boolean = settings.onError != OnError.Fail

  /** The text of a rejection in the row's result. */
  def told(rejection: Rejection): String =
    if (settings.onError == OnError.Late) rejection.record else rejection.text

  /** Keeps each function's reason for rejecting a row until the row's result is read. */
  def add(rejections: IndexedSeq[Rejection]): Unit = {
    waiting.add(rejections)
    count(rejections.head)
  }

  /** Returns the reasons for the next rejected row. */
  def remove(): IndexedSeq[Rejection] = waiting.remove()

  /** Discards the rows that wait. */
  def clear(): Unit = waiting.clear()

  /**
   * Counts a rejected row.
   *
   * @throws InputException
   *   if the task has more of them than its limit
   */
  def count(rejection: Rejection): Unit = if (settings.onError != OnError.Late) {
    total += 1
    listener.onRejected()
    for (most <- settings.errorLimit if total > most) throw new InputException(
      ErrorClass.TooManyRejectedRows,
      rejection.model.label,
      s"at most $most rejected rows in a task (${Settings.ErrorsMax.name})",
      s"one more, with ${rejection.found} (${rejection.error.name})",
      "Look at the rows' errors with on_error=\"struct\", and fix the data."
    )
  }
}
