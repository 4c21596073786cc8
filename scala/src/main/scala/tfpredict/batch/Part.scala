package tfpredict.batch

import org.apache.spark.TaskContext

import tfpredict.columns.{ColumnDecoder, OutputColumn}
import tfpredict.counts.ModelCounts
import tfpredict.messages.ErrorClass
import tfpredict.model.ModelFunction
import tfpredict.tensor.{HostTensor, TensorSpec}
import tfpredict.{InputException, ModelSpec}

/**
 * A function of a model with its outputs' decoders, for the current thread's task, if it has one.
 */
final private[batch] case class DecodedFunction(
    model: ModelSpec,
    function: ModelFunction,
    decoders: IndexedSeq[ColumnDecoder]
) {
  // The task's thread creates this object; other threads run it too.
  private val task = Option(TaskContext.get())

  val counts: ModelCounts = ModelCounts.of(model)

  def input(number: Int): TensorSpec = function.signature.inputs(number)

  /** Runs the function. If it might never return, the run ends when the task is killed. */
  def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = task match {
    // The object may be used after its task has completed, so a completed task ends no run.
    case Some(task) =>
      function.engine.run(inputs, () => task.isInterrupted() && !task.isCompleted())
    case None => function.engine.run(inputs)
  }
}

/** Consecutive rows of a group that ran together, or one rejected row. */
final private[batch] case class Part(
    rows: Int,
    outputs: Either[Rejection, IndexedSeq[OutputColumn]]
)

/**
 * The reason for which a function rejects a row.
 *
 * @param number
 *   the row's number in its partition, from 1
 */
final private[batch] case class Rejection(
    model: ModelSpec,
    error: ErrorClass,
    expected: String,
    found: String,
    number: Long = 0
) {

  /** What a row's own result says; the model and the place are known there. */
  def text: String =
    s"[${error.name}] ${error.sentence} Expected: $expected. Found: $found."

  /** The parts of the failure's message, in one string. `failure` reads it back. */
  def record: String =
    Seq(error.name, error.sentence, model.label, expected, s"$found, in row $number$partition")
      .mkString(Rejection.Separator)

  private def partition: String =
    Option(TaskContext.get()).fold("")(task => s" of partition ${task.partitionId()}")
}

private[tfpredict] object Rejection {
  // ASCII's unit separator.
  private val Separator = "\u001f"

  /** Creates the failure that a record describes. */
  def failure(record: String): InputException = {
    val Array(name, sentence, model, expected, found) = record.split(Separator, 5)
    new InputException(
      ErrorClass(name, sentence),
      model,
      expected,
      found,
      "Correct the row or leave it out, or set on_error. A null in place of the value gives a " +
        "null result."
    )
  }
}
