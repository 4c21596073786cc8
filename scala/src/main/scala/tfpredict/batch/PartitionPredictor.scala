package tfpredict.batch

import scala.collection.mutable

import tfpredict.columns.{
  ColumnDecoder,
  ColumnEncoder,
  InputColumn,
  OutputColumn,
  RowReader,
  RowShape,
  RowWriter
}
import tfpredict.model.ModelCache
import tfpredict.{ModelSpec, Settings}

/**
 * The one road from rows to results, which SQL, DataFrames and RDDs share: encode a batch into
 * buffers, run, decode. Belongs to one task; holds leases on its models until it is closed.
 *
 * Rows of one shape are batched together. Where the signature leaves dimensions open, rows of
 * several shapes come; they are grouped within a window, none is padded, and order is kept.
 *
 * @param models
 *   one or more functions of the same columns, with inputs of the same dtypes and shapes: a batch
 *   is encoded once for all of them
 * @param columns
 *   for each input of the signature, in its order, where its column stands
 */
final private[tfpredict] class PartitionPredictor[R, V](
    models: Seq[ModelSpec],
    settings: Settings,
    columns: Seq[InputColumn],
    reader: RowReader[R],
    writer: RowWriter[V],
    listener: BatchListener = BatchListener.None
) extends AutoCloseable {
  import PartitionPredictor._

  private val leases = mutable.ArrayBuffer.empty[ModelCache.Lease]

  private val functions =
    try
      models.toIndexedSeq.map { spec =>
        val lease = ModelCache.shared.acquire(spec, settings)
        leases += lease
        if (lease.isLoadedHere) {
          listener.onModel(lease.model.times.bringing, lease.model.times.loading)
        }
        val function = lease.model.function(spec)
        DecodedFunction(function, function.signature.outputs.map(new ColumnDecoder(spec, _)))
      }
    catch {
      case failed: Throwable =>
        close()
        throw failed
    }
  private val signature = functions.head.function.signature
  private val inputs = signature.inputs
  private val ordinals = columns.map(_.ordinal).toArray
  private val open = inputs.indices.filterNot(input => RowShape.isKnown(inputs(input)))
  private val windowRows = signature.fixedBatch.getOrElse(settings.batchRows)
  private val firstRows = signature.fixedBatch.getOrElse(FirstRows)

  // In the order of their first row; a group's place here is its number in the batcher.
  private val groups = mutable.ArrayBuffer.empty[ShapeGroup[R]]
  private val numbers = mutable.HashMap.empty[Seq[Vector[Int]], Int]
  private var windowBytes = 0L
  private var lastBytes = 0L
  private var appended = 0
  private var encoding = 0L

  /**
   * One result for each row, in order: nothing where an input is null.
   *
   * @param isFull
   *   whether a batch should end for a reason of the caller's
   */
  def predict(rows: Iterator[R], isFull: () => Boolean = never): Iterator[V] =
    new Batcher[R, V](
      rows,
      firstRows,
      windowRows,
      append,
      () => isWindowFull || isFull(),
      flush,
      writer.nothing
    )

  override def close(): Unit = leases.foreach(_.close())

  private def append(row: R): Int =
    if (hasNull(row)) -1
    else if ((appended & BatchListener.SampleMask) == 0) {
      // A clock at each row would cost more than many a row does.
      val started = System.nanoTime
      val group = encode(row)
      encoding += (BatchListener.SampleMask + 1) * (System.nanoTime - started)
      group
    } else encode(row)

  private def encode(row: R): Int = {
    val number = if (open.isEmpty && groups.nonEmpty) 0 else groupOf(row)
    val group = groups(number)
    group.append(row)
    lastBytes = group.lastBytes
    windowBytes += lastBytes
    appended += 1
    number
  }

  private def hasNull(row: R): Boolean = {
    var index = 0
    while (index < ordinals.length && !reader.isNull(row, ordinals(index))) index += 1
    index < ordinals.length
  }

  private def groupOf(row: R): Int = {
    val shapes = open.map(input => RowShape.of(reader, row, ordinals(input), inputs(input)))
    numbers.getOrElseUpdate(shapes, add(shapes))
  }

  // Full one row early, since the next is as large as this one at a guess.
  private def isWindowFull: Boolean =
    windowBytes + lastBytes > settings.batchBytes

  private def flush(): Int => Int => V =
    try {
      val started = System.nanoTime
      val outputs =
        groups.map(group => if (group.size == 0) NoOutputs else group.run()).toIndexedSeq
      listener.onBatches(
        groups.map(_.size).sum,
        groups.count(_.size > 0),
        encoding,
        System.nanoTime - started
      )
      group => writer.results(outputs(group))
    } finally {
      windowBytes = 0
      encoding = 0
      appended = 0
      groups.foreach(_.clear())
      // Many shapes would keep many buffers; the common few are soon there again.
      if (groups.size > KeptShapes) {
        groups.clear()
        numbers.clear()
      }
    }

  private def add(shapes: Seq[Vector[Int]]): Int = {
    val inner = inputs.indices.map { input =>
      val at = open.indexOf(input)
      if (at >= 0) shapes(at) else inputs(input).shape.inner.map(_.toInt)
    }
    val encoders = inputs.indices.map { input =>
      new ColumnEncoder(
        models.head,
        inputs(input),
        inner(input),
        reader,
        columns(input),
        math.min(windowRows, FirstRows)
      )
    }
    groups += new ShapeGroup(functions, encoders.toArray)
    groups.size - 1
  }
}

private object PartitionPredictor {

  /** Shapes whose buffers are kept from one window to the next. */
  val KeptShapes = 64

  /** Rows of a partition's first window, and those that a buffer has room for before it grows. */
  val FirstRows = 16

  val never: () => Boolean = () => false

  val NoOutputs: IndexedSeq[IndexedSeq[OutputColumn]] = IndexedSeq.empty
}
