package tfpredict.batch

import tfpredict.columns.{ColumnDecoder, ColumnEncoder}
import tfpredict.model.ModelFunction

/** Rows of one shape, on their way through the model as one batch. */
final private[batch] class ShapeGroup[R, V](
    function: ModelFunction,
    encoders: IndexedSeq[ColumnEncoder[R]],
    decoders: IndexedSeq[ColumnDecoder[V]],
    val rowBytes: Long
) {
  private var rows = 0

  /** @throws tfpredict.InputException if the row does not fit; the group is then as it was */
  def append(row: R): Unit = {
    var appended = 0
    try
      encoders.foreach { encoder =>
        encoder.append(row)
        appended += 1
      }
    catch {
      case refused: Throwable =>
        encoders.take(appended).foreach(_.removeLast())
        throw refused
    }
    rows += 1
  }

  def isEmpty: Boolean = rows == 0

  /** Runs the rows: for each output, the rows' results. The group must then be cleared. */
  def run(): IndexedSeq[IndexedSeq[V]] = {
    val batch = function.signature.fixedBatch.getOrElse(rows)
    encoders.foreach(_.pad(batch))
    val outputs = function.engine.run(encoders.map(_.tensor()))
    decoders.zip(outputs).map { case (decoder, output) => decoder.decode(output, rows, batch) }
  }

  def clear(): Unit = {
    rows = 0
    encoders.foreach(_.clear())
  }
}
