package tfpredict.batch

import tfpredict.columns.{ColumnDecoder, ColumnEncoder, OutputColumn}
import tfpredict.model.ModelFunction

/** A function of the model with the decoders of its outputs. */
final private[batch] case class DecodedFunction(
    function: ModelFunction,
    decoders: IndexedSeq[ColumnDecoder]
)

/** Rows of one shape, on their way through one or more functions as one batch. */
final private[batch] class ShapeGroup[R](
    functions: IndexedSeq[DecodedFunction],
    encoders: Array[ColumnEncoder[R]]
) {
  private var rows = 0
  private var bytes = 0L

  /** Bytes of the row appended last. */
  private[batch] var lastBytes = 0L

  /** @throws tfpredict.InputException if the row does not fit; the group is then as it was */
  def append(row: R): Unit = {
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
    lastBytes = bytes - before
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

  /** Runs the rows: each function's outputs. The group must then be cleared. */
  def run(): IndexedSeq[IndexedSeq[OutputColumn]] = {
    val batch = functions.head.function.signature.fixedBatch.getOrElse(rows)
    encoders.foreach(_.pad(batch))
    val inputs = encoders.map(_.tensor()).toIndexedSeq
    functions.map { case DecodedFunction(function, decoders) =>
      decoders.zip(function.engine.run(inputs)).map { case (decoder, output) =>
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
