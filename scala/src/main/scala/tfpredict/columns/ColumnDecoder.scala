package tfpredict.columns

import tfpredict.messages.ErrorClass
import tfpredict.tensor.{HostTensor, TensorShape, TensorSpec}
import tfpredict.{ModelRunException, ModelSpec}

/** Takes an output tensor for what the signature says it is. */
final private[tfpredict] class ColumnDecoder(model: ModelSpec, output: TensorSpec) {
  private val isElement = TensorTypes.resultDepth(output) == 0

  /**
   * The output's rows.
   *
   * @param batch
   *   rows that went in, those that only filled the batch up among them
   * @throws ModelRunException
   *   if the tensor is another than the signature says, since rows would then get each other's
   *   results
   */
  def decode(tensor: HostTensor, batch: Int): OutputColumn = {
    val expected = batch.toLong +: output.shape.inner
    // A dimension that is each row's own is any.
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
