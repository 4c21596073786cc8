package tfpredict.batch

import java.util.concurrent.CompletableFuture

import scala.collection.mutable
import scala.util.Try

import org.apache.spark.TaskContext

import tfpredict.columns.{
  ColumnDecoder,
  ColumnEncoder,
  InputColumn,
  RowReader,
  RowShape,
  RowWriter
}
import tfpredict.model.{MemoryWatch, ModelCache}
import tfpredict.{InputException, ModelSpec, Settings}

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

  // What `close` looks at comes first: it is called here where a model cannot be had.
  private val leases = mutable.ArrayBuffer.empty[ModelCache.Lease]
  private var running: Option[CompletableFuture[WindowResult]] = None

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
  private val firstRows = signature.fixedBatch.getOrElse(FirstRows)
  private val usualRows = settings.usualRows(signature)
  // What a row of the last window took of its run, once there is one.
  private var rowNanos = Double.MaxValue

  // Rows are written into one while the other runs.
  private var filling = new ShapeGroups[R](group)
  private var other = new ShapeGroups[R](group)
  private val refusals = new Refusals(models.head, settings, listener)
  private var seen = 0L
  private var weight: () => Long = weightless
  private var weightBefore = 0L

  /**
   * One result for each row, in order: nothing where an input is null.
   *
   * @param weight
   *   bytes that the caller has kept of all rows so far; a batch ends before it has kept more than
   *   a batch may have
   */
  def predict(rows: Iterator[R], weight: () => Long = weightless): Iterator[V] = {
    this.weight = weight
    weightBefore = weight()
    new Batcher[R, V](
      rows,
      firstRows,
      usualRows,
      settings.mostRows(signature),
      append,
      rows => rows * rowNanos < QuickNanos,
      () => isWindowFull,
      flush,
      number => if (number == Null) writer.nothing else writer.refused(refusals.remove())
    )
  }

  override def close(): Unit = {
    // The model is in use until then.
    running.foreach(batch => Try(BatchRunner.await(batch)))
    leases.foreach(_.close())
  }

  private def append(row: R): Int = {
    seen += 1
    if (hasNull(row)) Null
    else
      try measured(row)
      catch {
        case refused: InputException if refusals.isolates =>
          refusals.add(refused)
          Refused
        case refused: InputException =>
          throw new InputException(
            refused.model,
            refused.expected,
            s"${refused.found} that is number $seen of partition ${TaskContext.getPartitionId}",
            refused.remedy,
            refused
          )
      }
  }

  private def measured(row: R): Int =
    if ((filling.rows & BatchListener.SampleMask) == 0) {
      // A clock at each row would cost more than many a row does.
      val started = System.nanoTime
      val group = encode(row)
      filling.encoding += (BatchListener.SampleMask + 1) * (System.nanoTime - started)
      group
    } else encode(row)

  private def encode(row: R): Int = {
    val number = if (open.isEmpty && !filling.isEmpty) 0 else filling.numberOf(shapes(row))
    filling.append(number, row)
    number
  }

  private def hasNull(row: R): Boolean = {
    var index = 0
    while (index < ordinals.length && !reader.isNull(row, ordinals(index))) index += 1
    index < ordinals.length
  }

  private def shapes(row: R): Seq[Vector[Int]] =
    open.map(input => RowShape.of(reader, row, ordinals(input), inputs(input)))

  private def isWindowFull: Boolean =
    filling.bytesWithNext > settings.batchBytes || weight() - weightBefore > settings.batchBytes

  private def flush(isAhead: Boolean): () => Int => Int => V = {
    val window = filling
    weightBefore = weight()
    if (isAhead) {
      filling = other
      other = window
      val batch = BatchRunner.submit(window.run())
      running = Some(batch)
      () => results(BatchRunner.await(batch))
    } else () => results(window.run())
  }

  private def results(window: WindowResult): Int => Int => V = {
    listener.onBatches(window.rows, window.batches, window.encoding, window.running)
    MemoryWatch.shared.onBatches(settings)
    rowNanos = window.running.toDouble / window.rows
    group =>
      window.groups(group) match {
        case Vector(Part(_, Right(outputs))) => writer.results(outputs)
        case parts => ofParts(parts)
      }
  }

  // A batch that was halved, which is rare: each row finds its part.
  private def ofParts(parts: Vector[Part]): Int => V = {
    val rows = parts.flatMap { case Part(count, outputs) =>
      val found = outputs.right.map(writer.results)
      (0 until count).map(row => (found, row))
    }
    row =>
      rows(row) match {
        case (Right(found), index) => found(index)
        case (Left(reason), _) =>
          refusals.count(reason)
          writer.refused(reason)
      }
  }

  private def group(shapes: Seq[Vector[Int]]): ShapeGroup[R] = {
    val encoders = inputs.indices.map { input =>
      val at = open.indexOf(input)
      new ColumnEncoder(
        models.head,
        inputs(input),
        if (at >= 0) shapes(at) else inputs(input).shape.inner.map(_.toInt),
        reader,
        columns(input),
        math.min(usualRows, FirstRows)
      )
    }
    new ShapeGroup(functions, encoders.toArray, refusals.isolates)
  }
}

private object PartitionPredictor {

  /** Rows of a partition's first window, and those that a buffer has room for before it grows. */
  val FirstRows = 16

  /** A run that is shorter is mostly being handed over to the runtime's threads, and back. */
  val QuickNanos = 5e5

  // Numbers of no group: a null, and a row that was refused.
  val Null: Int = -1
  val Refused: Int = -2

  val weightless: () => Long = () => 0L
}
