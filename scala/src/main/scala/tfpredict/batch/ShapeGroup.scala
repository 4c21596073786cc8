package tfpredict.batch

import java.util.Arrays

import tfpredict.columns.ColumnEncoder

/**
 * Rows of one shape, which run through one or more functions as one batch.
 *
 * @param isolates
 *   whether a rejected row costs only itself
 */
final private[batch] class ShapeGroup[R](
    functions: IndexedSeq[DecodedFunction],
    encoders: Array[ColumnEncoder[R]],
    isolates: Boolean
) {
  private var rows = 0
  private var used = 0L
  private var held = 0L
  // The number of each row in its partition.
  private var numbers = new Array[Long](1)

  /**
   * Appends a row.
   *
   * @throws tfpredict.columns.RejectedValue
   *   if the row does not fit. The group is then unchanged.
   */
  def append(row: R, number: Long): Unit = {
    var appended = 0
    try
      while (appended < encoders.length) {
        encoders(appended).append(row)
        appended += 1
      }
    catch {
      case rejected: Throwable =>
        encoders.take(appended).foreach(_.removeLast())
        throw rejected
    }
    if (rows == numbers.length) numbers = Arrays.copyOf(numbers, 2 * rows)
    numbers(rows) = number
    rows += 1
    measure()
  }

  private def measure(): Unit = {
    used = 0
    held = 8L * numbers.length
    var index = 0
    while (index < encoders.length) {
      used += encoders(index).byteSize
      held += encoders(index).capacity
      index += 1
    }
  }

  def size: Int = rows

  /** Bytes of the rows. */
  def bytes: Long = used

  /** Bytes of memory allocated for rows, used or not. */
  def capacity: Long = held

  /**
   * Runs the rows, and returns their parts for each function. The caller must then clear the group.
   */
  def run(): IndexedSeq[Vector[Part]] =
    if (rows == 0) functions.map(_ => Vector.empty)
    else {
      val inputs = encoders.map(_.tensor()).toIndexedSeq
      functions.map(function => placed(new FunctionRun(function, inputs, rows, isolates).run()))
    }

  private def placed(parts: Vector[Part]): Vector[Part] = {
    var first = 0
    parts.map { part =>
      val number = numbers(first)
      first += part.rows
      part.copy(outputs = part.outputs.left.map(_.copy(number = number)))
    }
  }

  def clear(): Unit = {
    rows = 0
    used = 0
    encoders.foreach(_.clear())
  }
}
