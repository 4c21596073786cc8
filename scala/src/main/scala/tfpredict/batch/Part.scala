package tfpredict.batch

import org.apache.spark.TaskContext

import tfpredict.columns.{ColumnDecoder, OutputColumn}
import tfpredict.counts.ModelCounts
import tfpredict.model.ModelFunction
import tfpredict.tensor.{HostTensor, TensorSpec}
import tfpredict.{InputException, ModelSpec}

/** A function of a model with the decoders of its outputs, for the task of this thread, if any. */
final private[batch] case class DecodedFunction(
    model: ModelSpec,
    function: ModelFunction,
    decoders: IndexedSeq[ColumnDecoder]
) {
  // The task's thread makes this; others run it too.
  private val task = Option(TaskContext.get())

  val counts: ModelCounts = ModelCounts.of(model)

  def input(number: Int): TensorSpec = function.signature.inputs(number)

  /** Runs the function, and no longer than the task is wanted where that may be for ever. */
  def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = task match {
    // Who made this may use it after the task.
    case Some(task) =>
      function.engine.run(inputs, () => task.isInterrupted() && !task.isCompleted())
    case None => function.engine.run(inputs)
  }
}

/** Rows of a group that a function ran together, or one that it rejects. */
final private[batch] case class Part(
    rows: Int,
    outputs: Either[Rejection, IndexedSeq[OutputColumn]]
)

/**
 * Why a function rejects a row.
 *
 * @param number
 *   the row's in its partition, counted from 1
 */
final private[batch] case class Rejection(
    model: ModelSpec,
    expected: String,
    found: String,
    number: Long = 0
) {
  def text: String = s"expected $expected, found $found in the row"

  /** What the failure is made of, as one text. */
  def record: String =
    Seq(model.describe, expected, s"$found in the row that is number $number$partition")
      .mkString(Rejection.Separator)

  private def partition: String =
    Option(TaskContext.get()).fold("")(task => s" of partition ${task.partitionId()}")
}

private[tfpredict] object Rejection {
  // ASCII has it for this.
  private val Separator = "\u001f"

  /** The failure that a record tells of. */
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
