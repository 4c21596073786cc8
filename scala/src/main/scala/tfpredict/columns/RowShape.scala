package tfpredict.columns

import tfpredict.tensor.TensorSpec

/** The shape of a row's value for an input with unknown inner dimensions. */
private[tfpredict] object RowShape {

  /** Whether every row of this input has the same shape. */
  def isKnown(input: TensorSpec): Boolean = input.shape.inner.forall(_ >= 0)

  /**
   * Returns the input's inner dimensions. Unknown ones are read from the first array at each depth.
   */
  def of[R](reader: RowReader[R], row: R, column: Int, input: TensorSpec): Vector[Int] = {
    val dims = input.shape.inner
    // An empty array, or one that starts with a null, has no inner array to measure.
    var values: Option[reader.Values] = Some(reader.values(row, column))
    dims.zipWithIndex.map {
      case (dim, level) =>
        val length = values.fold(0)(reader.length)
        if (level < dims.size - 1) {
          values = values.filter(_ => length > 0).flatMap(array => Option(reader.inner(array, 0)))
        }
        if (dim >= 0) dim.toInt else length
    }
  }
}
