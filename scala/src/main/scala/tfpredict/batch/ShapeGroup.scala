package tfpredict.batch

import tfpredict.columns.{ColumnDecoder, ColumnEncoder, OutputColumn}
import tfpredict.model.ModelFunction
import tfpredict.session.OutOfRoom
import tfpredict.{HostTensor, ModelLoadException}

/** A function of the model with the decoders of its outputs. */
final private[batch] case class DecodedFunction(
    function: ModelFunction,
    decoders: IndexedSeq[ColumnDecoder]
)

/**
 * Rows of a group that ran together.
 *
 * @param outputs
 *   by function; or why the one row of this part cannot be run
 */
final private[batch] case class Part(
    rows: Int,
    outputs: Either[String, IndexedSeq[IndexedSeq[OutputColumn]]]
)

/**
 * Rows of one shape, on their way through one or more functions as one batch.
 *
 * @param isolates
 *   whether a row that the model cannot take costs only itself: the batch is halved until it is
 *   alone
 */
final private[batch] class ShapeGroup[R](
    functions: IndexedSeq[DecodedFunction],
    encoders: Array[ColumnEncoder[R]],
    isolates: Boolean
) {
  private val fixedBatch = functions.head.function.signature.fixedBatch
  private var rows = 0
  private var bytes = 0L

  /**
   * Appends a row; gives its bytes.
   *
   * @throws tfpredict.InputException
   *   if the row does not fit; the group is then as it was
   */
  def append(row: R): Long = {
    var appended = 0
    try
      while (appended < encoders.length) {
        encoders(appended).append(row)
        appended += 1
      }
    catch {
      case refused: Throwable =>
        encoders.take(appended).foreach(_.removeLast())
        throw refused
    }
    rows += 1
    val before = bytes
    bytes = byteSize
    bytes - before
  }

  private def byteSize: Long = {
    var sum = 0L
    var index = 0
    while (index < encoders.length) {
      sum += encoders(index).byteSize
      index += 1
    }
    sum
  }

  def size: Int = rows

  /** Runs the rows, at once if that can be. The group must then be cleared. */
  def run(): Vector[Part] =
    if (rows == 0) Vector.empty else run(encoders.map(_.tensor()).toIndexedSeq, 0, rows)

  private def run(inputs: IndexedSeq[HostTensor], first: Int, count: Int): Vector[Part] = {
    def halves: Vector[Part] = {
      val half = count / 2
      run(inputs, first, half) ++ run(inputs, first + half, count - half)
    }
    try Vector(Part(count, Right(once(inputs, first, count))))
    catch {
      case _: OutOfRoom if count > 1 && fixedBatch.isEmpty => halves
      case _: ModelLoadException if isolates && count > 1 => halves
      case refused: ModelLoadException if isolates => Vector(Part(1, Left(refused.found)))
    }
  }

  private def once(
      inputs: IndexedSeq[HostTensor],
      first: Int,
      count: Int
  ): IndexedSeq[IndexedSeq[OutputColumn]] = {
    val batch = fixedBatch.getOrElse(count)
    val part =
      if (count == rows && batch == count) inputs else inputs.map(_.rows(first, count, batch))
    functions.map { case DecodedFunction(function, decoders) =>
      decoders.zip(function.engine.run(part)).map { case (decoder, output) =>
        decoder.decode(output, batch)
      }
    }
  }

  def clear(): Unit = {
    rows = 0
    bytes = 0
    encoders.foreach(_.clear())
  }
}
