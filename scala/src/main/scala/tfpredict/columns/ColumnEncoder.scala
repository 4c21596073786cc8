package tfpredict.columns

import tfpredict.messages.ErrorClass
import tfpredict.tensor.{HostTensor, TensorSpec}

/**
 * Writes one column, row after row, into the buffer of one input tensor. All rows have one shape.
 * The buffer is reused for every batch.
 *
 * Invariant: between calls the buffer holds complete rows only. A rejected row leaves nothing in
 * it.
 *
 * @param number
 *   the input's number, used in a rejected value
 * @param inner
 *   the rows' shape: the input's dimensions without the batch, all known
 * @param place
 *   the position of the column
 * @param firstRows
 *   number of rows that the buffer holds before it grows
 */
final private[tfpredict] class ColumnEncoder[R](
    number: Int,
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

  // The required lengths of a row's arrays, outermost first.
  private val lengths: Array[Int] = if (depth == 1) Array(rowLength) else inner.toArray
  private val elements = new ElementBuffer(input.dtype, firstElements(firstRows))
  private var rows = 0

  // Memory for large rows is allocated when one arrives, since there may not be enough of it.
  private def firstElements(rows: Int): Int =
    math.max(1L, math.min(rows.toLong * rowLength, ColumnEncoder.FirstElements)).toInt

  /**
   * Appends the row's value, which must not be null.
   *
   * @throws RejectedValue
   *   if the value does not fit the input. The buffer is then unchanged.
   */
  def append(row: R): Unit = {
    val start = elements.size
    try {
      if (!isBlock || !reader.copyBlock(row, column, rowLength, elements)) appendParts(row)
      rows += 1
    } catch {
      case rejected: RejectedValue =>
        elements.truncate(start)
        throw rejected
      case rejected: OutOfRange =>
        elements.truncate(start)
        reject(ErrorClass.InputRange, s"values that ${input.dtype} holds", s"${rejected.value}")
      case full: ElementBuffer.Full =>
        elements.truncate(start)
        reject(ErrorClass.InputSize, "a value for which there is memory", full.getMessage)
    }
  }

  private def appendParts(row: R): Unit =
    if (depth == 0) reader.copy(row, column, input.dtype, elements)
    else put(reader.values(row, column), 0)

  private def put(values: reader.Values, level: Int): Unit = {
    val found = reader.length(values)
    if (found != lengths(level)) {
      reject(
        ErrorClass.InputLength,
        s"length ${lengths(level)} at depth ${level + 1}",
        s"length $found"
      )
    }
    if (level == depth - 1) {
      val nullAt = reader.firstNull(values)
      if (nullAt >= 0) rejectNull(nullAt)
      reader.copy(values, input.dtype, elements)
    } else {
      var index = 0
      while (index < found) {
        val element = reader.inner(values, index)
        if (element == null) rejectNull(index)
        put(element, level + 1)
        index += 1
      }
    }
  }

  /** Bytes of the rows. */
  def byteSize: Int = elements.byteSize

  /** Bytes of memory allocated for the buffer, used or not. */
  def capacity: Long = elements.capacity

  /** Removes the row that was appended last. */
  def removeLast(): Unit = {
    elements.truncate(elements.size - rowLength)
    rows -= 1
  }

  /** Returns all rows since the last `clear` as one tensor over this encoder's buffer. */
  def tensor(): HostTensor = elements.tensor((rows.toLong +: inner.map(_.toLong)).toArray)

  def clear(): Unit = {
    elements.truncate(0)
    rows = 0
  }

  private def rejectNull(index: Int): Nothing =
    reject(ErrorClass.InputNull, "an array without nulls", s"a null at index $index")

  private def reject(error: ErrorClass, expected: String, found: String): Nothing =
    throw new RejectedValue(number, error, expected, found)
}

private object ColumnEncoder {
  val FirstElements: Long = 1L << 16
}
