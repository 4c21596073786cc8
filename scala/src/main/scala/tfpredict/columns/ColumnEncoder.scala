package tfpredict.columns

import java.nio.{ByteBuffer, ByteOrder}

import tfpredict.{HostTensor, InputException, ModelSpec, TensorSpec}

/**
 * Writes one column, row after row, into the buffer of one input tensor. The buffer is made once
 * and reused for every batch.
 *
 * Invariant: between calls the buffer holds whole rows only; a row that is refused leaves no trace
 * in it.
 *
 * @param column
 *   the column's position in a row
 * @param depth
 *   how deeply the column's arrays nest: 0 for a number, the input's own depth, or 1 for a flat
 *   array
 * @param maxRows
 *   capacity of the buffer, in rows
 */
final private[tfpredict] class ColumnEncoder[R](
    model: ModelSpec,
    input: TensorSpec,
    reader: RowReader[R],
    column: Int,
    depth: Int,
    maxRows: Int
) {
  private val inner = TensorTypes.innerShape(model, input)
  private val rowLength = inner.product

  // The lengths that a row's arrays must have, outermost first.
  private val lengths: Array[Int] = if (depth == 1) Array(rowLength) else inner.toArray

  private val bytes =
    ByteBuffer
      .allocateDirect(maxRows * rowLength * input.dtype.bytes)
      .order(ByteOrder.nativeOrder)
  private val floats = bytes.asFloatBuffer()
  private var rows = 0

  def isNull(row: R): Boolean = reader.isNull(row, column)

  /** Appends the row's value. The value is not null. */
  def append(row: R): Unit = {
    val start = floats.position()
    try {
      if (depth == 0) floats.put(reader.number(row, column))
      else put(reader.values(row, column), 0)
      rows += 1
    } catch {
      case refused: InputException =>
        floats.position(start)
        throw refused
    }
  }

  private def put(values: reader.Values, level: Int): Unit = {
    val found = reader.length(values)
    if (found != lengths(level)) {
      refuse(s"an array of ${lengths(level)} at depth ${level + 1}", s"one of $found")
    }
    if (level == depth - 1) {
      val nullAt = reader.firstNull(values)
      if (nullAt >= 0) refuse("an array without nulls", s"a null at index $nullAt")
      reader.copy(values, floats)
    } else {
      var index = 0
      while (index < found) {
        val element = reader.inner(values, index)
        if (element == null) refuse("an array without nulls", s"a null at index $index")
        put(element, level + 1)
        index += 1
      }
    }
  }

  /** All rows appended since the last `clear`, as one tensor over this encoder's buffer. */
  def tensor(): HostTensor = {
    bytes.limit(floats.position() * input.dtype.bytes)
    new HostTensor(input.dtype, (rows.toLong +: inner.map(_.toLong)).toArray, bytes)
  }

  def clear(): Unit = {
    floats.clear()
    bytes.clear()
    rows = 0
  }

  private def refuse(expected: String, found: String): Nothing =
    throw new InputException(
      model.describe,
      s"for input ${input.describe} $expected",
      s"$found in the row",
      "Mend the row or leave it out: a null in place of the whole array gives a null result."
    )
}
