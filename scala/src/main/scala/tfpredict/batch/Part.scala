package tfpredict.batch

import org.apache.spark.TaskContext

import tfpredict.columns.{ColumnDecoder, OutputColumn}
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
    expected: String,
    found: String,
    number: Long = 0
) {
  def text: String = s"expected $expected, found $found in the row"

  /** The parts of the failure's message, in one string. `failure` reads it back. */
  def record: String =
    Seq(model.describe, expected, s"$found in the row that is number $number$partition")
      .mkString(Rejection.Separator)

  private def partition: String =
    Option(TaskContext.get()).fold("")(task => s" of partition ${task.partitionId()}")
}

private[tfpredict] object Rejection {
  // ASCII's unit separator.
  private val Separator = "\u001f"

  /** Creates the failure that a record describes. */
  def failure(record: String): InputException = {
    val Array(model, expected, found) = record.split(Separator, 3)
    new InputException(
      model,
      expected,
      found,
      "Fix the row or leave it out: a null in place of the whole array gives a null result."
    )
  }
}
