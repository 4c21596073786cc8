package tfpredict.columns

import tfpredict.{HostTensor, ModelLoadException, ModelSpec, TensorShape, TensorSpec}

/** Reads an output tensor back into one result a row. */
final private[tfpredict] class ColumnDecoder[V](
    model: ModelSpec,
    output: TensorSpec,
    writer: RowWriter[V]
) {
  private val isElement = TensorTypes.resultDepth(output) == 0

  /**
   * The results of the first `rows` rows, in their order.
   *
   * @param batch
   *   rows that went in, those that only filled the batch up among them
   */
  def decode(tensor: HostTensor, rows: Int, batch: Int): IndexedSeq[V] = {
    check(tensor, batch)
    val inner = tensor.shape.tail.map(_.toInt).toSeq
    val length = inner.product
    IndexedSeq.tabulate(rows) { row =>
      if (isElement) writer.element(tensor, row) else writer.array(tensor, row * length, inner)
    }
  }

  /* The signature's word is not the graph's: a wrong shape here would give rows each other's
   * results. */
  private def check(tensor: HostTensor, batch: Int): Unit = {
    val expected = batch.toLong +: output.shape.inner
    val fits = tensor.shape.length == expected.size &&
      tensor.shape.zip(expected).forall { case (found, dim) => dim < 0 || found == dim }
    if (tensor.dtype != output.dtype || !fits) {
      throw new ModelLoadException(
        model.describe,
        s"output ${output.name} to be ${output.dtype}${TensorShape.show(expected)}",
        s"${tensor.dtype}${TensorShape.show(tensor.shape)}",
        "The model's result does not follow its signature; export it with one result for each row."
      )
    }
  }
}
