package tfpredict.batch

import tfpredict.columns.{ColumnDecoder, ColumnEncoder, RowReader, RowWriter, TensorTypes}
import tfpredict.model.ModelCache
import tfpredict.{ModelSpec, Settings}

/**
 * The one road from rows to results, which SQL and RDDs share: encode a batch into direct buffers,
 * run the model, decode. Belongs to one task; holds a lease on the model until it is closed.
 *
 * @param depths
 *   for each input of the signature, how deeply its column's arrays nest; the inputs' columns are
 *   the row's first, in the signature's order
 */
final private[tfpredict] class PartitionPredictor[R, V](
    spec: ModelSpec,
    settings: Settings,
    depths: Seq[Int],
    reader: RowReader[R],
    writer: RowWriter[V]
) extends AutoCloseable {
  private val lease = ModelCache.shared.acquire(spec)

  private val (function, encoders, decoder, batchRows) =
    try {
      val function = lease.model.function(spec)
      val inputs = function.signature.inputs
      val rowBytes =
        inputs.map(in => TensorTypes.innerShape(spec, in).product.toLong * in.dtype.bytes).sum
      val rows = math.min(
        settings.batchRows.toLong,
        math.max(1L, settings.batchBytes / rowBytes.max(1))
      ).toInt
      val encoders = inputs.zip(depths).zipWithIndex.map {
        case ((input, depth), column) => new ColumnEncoder(spec, input, reader, column, depth, rows)
      }
      (function, encoders, new ColumnDecoder(spec, function.signature.outputs.head, writer), rows)
    } catch {
      case failed: Throwable =>
        lease.close()
        throw failed
    }

  /** One result for each row, in order: null where an input is null. */
  def predict(rows: Iterator[R]): Iterator[V] =
    new Batcher[R, V](rows, batchRows, append, flush, writer.nothing)

  override def close(): Unit = lease.close()

  private def append(row: R): Boolean = {
    val isWhole = !encoders.exists(_.isNull(row))
    if (isWhole) encoders.foreach(_.append(row))
    isWhole
  }

  private def flush(rows: Int): IndexedSeq[V] =
    try decoder.decode(function.engine.run(encoders.map(_.tensor())).head, rows)
    finally encoders.foreach(_.clear())
}
