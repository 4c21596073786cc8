package tfpredict.batch

import tfpredict.columns.{ColumnDecoder, OutputColumn}
import tfpredict.model.ModelFunction
import tfpredict.{ModelSpec, TensorSpec}

/** A function of a model with the decoders of its outputs. */
final private[batch] case class DecodedFunction(
    model: ModelSpec,
    function: ModelFunction,
    decoders: IndexedSeq[ColumnDecoder]
) {
  def input(number: Int): TensorSpec = function.signature.inputs(number)
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
}
