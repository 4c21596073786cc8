package tfpredict.columns

import tfpredict.{HostTensor, ModelLoadException, ModelSpec, TensorSpec}

/** Reads an output tensor back into one result a row. */
final private[tfpredict] class ColumnDecoder[V](
    model: ModelSpec,
    output: TensorSpec,
    writer: RowWriter[V]
) {
  private val inner = TensorTypes.innerShape(model, output)
  private val rowLength = inner.product
  private val depth = TensorTypes.resultDepth(inner)

  /** The results of a batch of `rows` rows, in their order. */
  def decode(tensor: HostTensor, rows: Int): IndexedSeq[V] = {
    /* The signature's word is not the graph's: a wrong shape here would give rows each other's
     * results. */
    val expected = rows.toLong +: inner.map(_.toLong)
    if (tensor.dtype != output.dtype || tensor.shape.toSeq != expected) {
      throw new ModelLoadException(
        model.describe,
        s"output ${output.name} to be ${output.dtype}${expected.mkString("[", ", ", "]")}",
        s"${tensor.dtype}${tensor.shape.mkString("[", ", ", "]")}",
        "The model's result does not follow its signature; export it with one result for each row."
      )
    }
    val floats = tensor.buffer.asFloatBuffer()
    IndexedSeq.fill(rows) {
      val numbers = new Array[Float](rowLength)
      floats.get(numbers)
      writer.result(numbers, inner, depth)
    }
  }
}
