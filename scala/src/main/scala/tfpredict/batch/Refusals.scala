package tfpredict.batch

import java.util.ArrayDeque

import tfpredict.{InputException, ModelSpec, OnError, Settings}

/** Rows of one task that the model cannot take, where that does not fail the task. */
final private[batch] class Refusals(
    model: ModelSpec,
    settings: Settings,
    listener: BatchListener
) {
  // Of rows that were refused before they ran; they wait in the rows' order.
  private val reasons = new ArrayDeque[String]
  private var total = 0L

  /** Whether such a row costs only itself. */
  val isolates: Boolean = settings.onError != OnError.Fail

  /** Keeps why a row was refused until its result is asked for. */
  def add(refused: InputException): Unit = {
    reasons.add(s"expected ${refused.expected}, found ${refused.found}")
    count(refused.found)
  }

  /** Why the next of them was refused. */
  def remove(): String = reasons.remove()

  /** @throws InputException if there are more of them than a task may have */
  def count(reason: String): Unit = {
    total += 1
    listener.onRefused()
    for (most <- settings.errorLimit if total > most) throw new InputException(
      model.describe,
      s"at most $most rows of a task that it cannot take (${Settings.ErrorsMax.name})",
      s"one more: $reason",
      "Look at the rows' errors with on_error=\"struct\", and mend the data."
    )
  }
}
