package tfpredict.columns

import tfpredict.messages.ErrorClass
import tfpredict.tensor.{HostTensor, TensorShape, TensorSpec}
import tfpredict.{ModelRunException, ModelSpec}

/** Checks an output tensor against the signature, and splits it into rows. */
final private[tfpredict] class ColumnDecoder(model: ModelSpec, output: TensorSpec) {
  private val isElement = TensorTypes.resultDepth(output) == 0

  /**
   * Returns the output's rows.
   *
   * @param batch
   *   number of rows in the batch, including rows that only fill it up
   * @throws ModelRunException
   *   if the tensor's dtype or shape differs from the signature. Otherwise rows could get each
   *   other's results.
   */
  def decode(tensor: HostTensor, batch: Int): OutputColumn = {
    val expected = batch.toLong +: output.shape.inner
    // A negative dimension may differ between rows.
    val fits = tensor.shape.length == expected.size &&
      tensor.shape.zip(expected).forall { case (found, dim) =>
        dim < 0 || found < 0 || found == dim
      }
    if (tensor.dtype != output.dtype || !fits) {
      throw new ModelRunException(
        ErrorClass.OutputShape,
        model.label,
        s"output ${output.name} to be ${output.dtype}${TensorShape.show(expected)}",
        s"${tensor.dtype}${TensorShape.show(tensor.shape)}",
        "Export the model with one result for each row."
      )
    }
    OutputColumn(tensor, tensor.shape.tail.map(_.toInt).toVector, isElement)
  }
}
