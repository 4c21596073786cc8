package tfpredict.batch

import scala.collection.mutable

import tfpredict.columns.{ColumnDecoder, ColumnEncoder, RowReader, RowShape, RowWriter}
import tfpredict.model.ModelCache
import tfpredict.{ModelSpec, Settings}

/**
 * The one road from rows to results, which SQL and RDDs share: encode a batch into direct buffers,
 * run the model, decode. Belongs to one task; holds a lease on the model until it is closed.
 *
 * Rows of one shape are batched together. Where the signature leaves dimensions open, rows of
 * several shapes come; they are grouped within a window, none is padded, and order is kept.
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
  private val lease = ModelCache.shared.acquire(spec, settings)

  private val function =
    try lease.model.function(spec)
    catch {
      case failed: Throwable =>
        lease.close()
        throw failed
    }
  private val inputs = function.signature.inputs
  private val decoders = function.signature.outputs.map(new ColumnDecoder(spec, _, writer))
  private val open = inputs.indices.filterNot(column => RowShape.isKnown(inputs(column)))
  private val windowRows = function.signature.fixedBatch.getOrElse(settings.batchRows)

  // In the order of their first row; a group's place here is its number in the batcher.
  private val groups = mutable.ArrayBuffer.empty[ShapeGroup[R, V]]
  private val numbers = mutable.HashMap.empty[Seq[Vector[Int]], Int]
  private var windowBytes = 0L

  /** One result for each row, in order: nothing where an input is null. */
  def predict(rows: Iterator[R]): Iterator[V] =
    new Batcher[R, V](rows, windowRows, append, isFull, flush, writer.nothing)

  override def close(): Unit = lease.close()

  private def append(row: R): Int =
    if (inputs.indices.exists(reader.isNull(row, _))) -1
    else {
      val shapes = open.map(column => RowShape.of(reader, row, column, inputs(column)))
      val number = numbers.getOrElseUpdate(shapes, add(shapes))
      groups(number).append(row)
      windowBytes += groups(number).rowBytes
      number
    }

  // Full one row early, since the next is as large as this one at a guess.
  private def isFull(): Boolean =
    windowBytes + (if (groups.isEmpty) 0L else groups.last.rowBytes) > settings.batchBytes

  private def flush(): Int => IndexedSeq[V] =
    try
      groups.map(group => if (group.isEmpty) IndexedSeq.empty[V] else join(group.run()))
    finally {
      windowBytes = 0
      groups.foreach(_.clear())
      // Many shapes would keep many buffers; the common few are soon there again.
      if (groups.size > PartitionPredictor.KeptShapes) {
        groups.clear()
        numbers.clear()
      }
    }

  private def join(outputs: IndexedSeq[IndexedSeq[V]]): IndexedSeq[V] =
    if (outputs.size == 1) outputs.head
    else IndexedSeq.tabulate(outputs.head.size)(row => writer.struct(outputs.map(_(row))))

  private def add(shapes: Seq[Vector[Int]]): Int = {
    val inner = inputs.indices.map { column =>
      val at = open.indexOf(column)
      if (at >= 0) shapes(at) else inputs(column).shape.inner.map(_.toInt)
    }
    val encoders = inputs.indices.map { column =>
      val firstRows = math.min(windowRows, PartitionPredictor.FirstRows)
      new ColumnEncoder(
        spec,
        inputs(column),
        inner(column),
        reader,
        column,
        depths(column),
        firstRows
      )
    }
    val bytes = inputs.zip(inner).map {
      case (input, dims) => dims.map(_.toLong).product * math.max(1, input.dtype.bytes)
    }
    groups += new ShapeGroup(function, encoders, decoders, bytes.sum)
    groups.size - 1
  }
}

private object PartitionPredictor {

  /** Shapes whose buffers are kept from one window to the next. */
  val KeptShapes = 64

  /** Rows that a buffer has room for before it grows. */
  val FirstRows = 64
}
