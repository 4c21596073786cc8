package tfpredict.columns

import tfpredict.{HostTensor, InputException, ModelSpec, TensorSpec}

/**
 * Writes one column, row after row, into the buffer of one input tensor, where all rows have one
 * shape. The buffer is used again for every batch.
 *
 * Invariant: between calls the buffer holds whole rows only; a row that is refused leaves no trace
 * in it.
 *
 * @param inner
 *   the rows' shape: the input's dimensions behind the batch, all known
 * @param place
 *   where the column stands
 * @param firstRows
 *   rows that the buffer has room for before it grows
 */
final private[tfpredict] class ColumnEncoder[R](
    model: ModelSpec,
    input: TensorSpec,
    inner: Vector[Int],
    reader: RowReader[R],
    place: InputColumn,
    firstRows: Int
) {
  private val rowLength = inner.product
  private val column = place.ordinal
  private val depth = place.depth
  private val isBlock = depth == 1 && reader.hasBlocks(input.dtype)

  // The lengths that a row's arrays must have, outermost first.
  private val lengths: Array[Int] = if (depth == 1) Array(rowLength) else inner.toArray
  private val elements = new ElementBuffer(input.dtype, math.max(1, firstRows * rowLength))
  private var rows = 0

  /** Appends the row's value. The value is not null. */
  def append(row: R): Unit =
    if (isBlock && reader.copyBlock(row, column, rowLength, elements)) rows += 1
    else appendParts(row)

  private def appendParts(row: R): Unit = {
    val start = elements.size
    try {
      if (depth == 0) reader.copy(row, column, input.dtype, elements)
      else put(reader.values(row, column), 0)
      rows += 1
    } catch {
      case refused: InputException =>
        elements.truncate(start)
        throw refused
      case refused: OutOfRange =>
        elements.truncate(start)
        refuse(s"values that ${input.dtype} holds", s"${refused.value}")
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
      reader.copy(values, input.dtype, elements)
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

  /** Bytes that the rows take. */
  def byteSize: Int = elements.byteSize

  /** Takes back the row appended last. */
  def removeLast(): Unit = {
    elements.truncate(elements.size - rowLength)
    rows -= 1
  }

  /** All rows appended since the last `clear`, as one tensor over this encoder's buffer. */
  def tensor(): HostTensor = elements.tensor((rows.toLong +: inner.map(_.toLong)).toArray)

  def clear(): Unit = {
    elements.truncate(0)
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
