package tfpredict.columns

import tfpredict.tensor.TensorSpec

/** The shape that a row gives to an input whose inner dimensions are not all known. */
private[tfpredict] object RowShape {

  /** Whether every row of this input has one shape. */
  def isKnown(input: TensorSpec): Boolean = input.shape.inner.forall(_ >= 0)

  /** The input's inner dimensions, each unknown one as the row has it where one first looks. */
  def of[R](reader: RowReader[R], row: R, column: Int, input: TensorSpec): Vector[Int] = {
    val dims = input.shape.inner
    // An array that is empty, or whose first element is null, tells nothing of what is inside.
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
