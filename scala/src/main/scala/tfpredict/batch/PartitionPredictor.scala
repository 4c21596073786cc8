package tfpredict.batch

import java.util.concurrent.CompletableFuture

import scala.collection.mutable
import scala.util.Try

import tfpredict.columns.{
  ColumnDecoder,
  ColumnEncoder,
  InputColumn,
  RejectedValue,
  RowOutputs,
  RowReader,
  RowResults,
  RowShape,
  RowWriter
}
import tfpredict.messages.{ErrorClass, IllegalUse}
import tfpredict.model.{MemoryWatch, ModelCache}
import tfpredict.{ModelSpec, Settings}

/**
 * Turns rows into results: encodes a batch into buffers, runs it and decodes the outputs. SQL,
 * DataFrames and RDDs all use this class. An instance belongs to one task, and holds leases on its
 * models until it is closed.
 *
 * Rows of one shape form a batch. If the signature leaves dimensions open, rows may have several
 * shapes. They are grouped within a window; no row is padded, and the order is kept.
 *
 * @param models
 *   one or more functions of the same columns, with inputs of the same dtypes and shapes. A batch
 *   is encoded once for all of them.
 * @param columns
 *   the column of each input, in the signature's order
 * @param clock
 *   nanoseconds. How long a window took decides how many rows the next ones may have.
 */
final private[tfpredict] class PartitionPredictor[R, V](
    models: Seq[ModelSpec],
    settings: Settings,
    columns: Seq[InputColumn],
    reader: RowReader[R],
    writer: RowWriter[V],
    listener: BatchListener = BatchListener.None,
    clock: () => Long = () => System.nanoTime
) extends AutoCloseable {
  import PartitionPredictor._

  // Declared first: the constructor calls `close` if a model cannot be acquired.
  private val leases = mutable.ArrayBuffer.empty[ModelCache.Lease]
  private var running: Option[CompletableFuture[WindowResult]] = None

  private val functions =
    try
      models.toIndexedSeq.map { spec =>
        val lease = ModelCache.shared.acquire(spec, settings)
        leases += lease
        if (lease.isLoadedHere) {
          listener.onModel(lease.model.times.fetching, lease.model.times.loading)
        }
        val function = lease.model.function(spec)
        DecodedFunction(spec, function, function.signature.outputs.map(new ColumnDecoder(spec, _)))
      }
    catch {
      case failed: Throwable =>
        close()
        throw failed
    }
  private val signatures = functions.map(_.function.signature)
  private val inputs = signatures.head.inputs
  private val ordinals = columns.map(_.ordinal).toArray
  private val open = inputs.indices.filterNot(input => RowShape.isKnown(inputs(input)))
  // A function with a fixed batch size cuts a window's rows into batches of that size.
  private val firstRows = signatures.map(_.fixedBatch.getOrElse(FirstRows)).max
  private val usualRows = signatures.map(settings.usualRows).max
  // Run time and result bytes per row of the last window.
  private var rowNanos = Double.MaxValue
  private var rowBytes = 0.0

  // Rows are written into `filling` while `other` runs.
  private var filling = new ShapeGroups[R](settings.batchBytes, group, clock)
  private var other = new ShapeGroups[R](settings.batchBytes, group, clock)
  private val rejectedRows = new RejectedRows(settings, listener)
  private var seen = 0L
  private var number: Option[() => Long] = None
  private var weight: () => Long = weightless
  private var weightBefore = 0L
  private var isTight: () => Boolean = roomy
  private var isClosed = false

  /**
   * Returns one result for each row, in order. A row with a null input gets the writer's `nothing`.
   * A call discards everything that an earlier call left, even if it failed, and invalidates its
   * iterator.
   *
   * @param weight
   *   bytes that the caller keeps for all rows so far. A batch ends once its share of them exceeds
   *   `spark.tfpredict.batch.bytes`.
   * @param isTight
   *   whether the caller has no memory left to keep more rows
   * @param before
   *   rows of the partition that precede these
   * @param number
   *   if these are parts of rows, the partition's number of the row that the last part belongs to
   * @throws IllegalStateException
   *   if this predictor is closed
   */
  def predict(
      rows: Iterator[R],
      weight: () => Long = weightless,
      isTight: () => Boolean = roomy,
      before: Long = 0,
      number: Option[() => Long] = None
  ): Iterator[V] = {
    if (isClosed) {
      throw new IllegalUse(
        ErrorClass.ModelClosed,
        "an open model",
        "a closed one",
        "Load it again to use it.",
        models.head.label
      )
    }
    awaitRunning()
    filling.clear()
    other.clear()
    rejectedRows.clear()
    seen = before
    this.number = number
    this.weight = weight
    this.isTight = isTight
    weightBefore = weight()
    new Batcher[R, V](
      rows,
      firstRows,
      usualRows,
      signatures.map(settings.mostRows).max,
      append,
      rows => rows * rowNanos < QuickNanos,
      () => isWindowFull,
      flush,
      number =>
        if (number == Null) writer.nothing
        else
          writer.mixed(rejectedRows.remove().map(rejection => Left(rejectedRows.told(rejection))))
    )
  }

  override def close(): Unit = {
    isClosed = true
    // Until then a run uses the models.
    awaitRunning()
    leases.foreach(_.close())
  }

  private def awaitRunning(): Unit = {
    running.foreach(batch => Try(BatchRunner.await(batch)))
    running = None
  }

  private def append(row: R): Int = {
    seen = if (number.isEmpty) seen + 1 else number.get()
    if (hasNull(row)) Null
    else
      try measured(row)
      catch {
        case rejected: RejectedValue =>
          val rejections = functions.map { function =>
            Rejection(
              function.model,
              rejected.error,
              s"${rejected.expected} in input ${function.input(rejected.input).label}",
              rejected.found,
              seen
            )
          }
          functions.foreach(_.counts.onRejected(1))
          if (!rejectedRows.isolates) fail(rejections.head)
          rejectedRows.add(rejections)
          Refused
      }
  }

  private def fail(rejection: Rejection): Nothing = throw Rejection.failure(rejection.record)

  private def measured(row: R): Int =
    if ((filling.rows & BatchListener.SampleMask) == 0) {
      // Reading the clock for each row would cost more than encoding many a row.
      val started = clock()
      val group = encode(row)
      filling.encoding += (BatchListener.SampleMask + 1) * (clock() - started)
      group
    } else encode(row)

  private def encode(row: R): Int = {
    val number = if (open.isEmpty && !filling.isEmpty) 0 else filling.numberOf(shapes(row))
    filling.append(number, row, seen)
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
    filling.isFull || filling.rows * rowBytes > settings.batchBytes ||
      weight() - weightBefore > settings.batchBytes || isTight()

  private def flush(isAhead: Boolean): RunningWindow[V] = {
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

  private def results(window: WindowResult): WindowResults[V] = {
    listener.onBatches(window.rows, window.batches, window.encoding, window.running)
    MemoryWatch.shared.onBatches(settings)
    rowNanos = window.running.toDouble / window.rows
    rowBytes = window.bytes.toDouble / window.rows
    if (!rejectedRows.isolates) window.rejection.foreach(fail)
    group => {
      val outputs = window.groups(group).collect { case Vector(Part(_, Right(found))) => found }
      if (outputs.size == functions.size) writer.results(outputs) else ofParts(window.groups(group))
    }
  }

  // Only for a batch that was halved, which is rare. Each row finds its part for each function.
  private def ofParts(functions: IndexedSeq[Vector[Part]]): RowResults[V] = {
    val answers = functions.map(_.flatMap {
      case Part(count, Right(outputs)) =>
        (0 until count).map(row => Right(RowOutputs(outputs, row)))
      case Part(_, Left(rejection)) => Vector(Left(rejection))
    })
    row => {
      val ofRow = answers.map(_(row))
      ofRow.collectFirst { case Left(rejection) => rejection }.foreach(rejectedRows.count)
      writer.mixed(ofRow.map(_.left.map(rejectedRows.told)))
    }
  }

  private def group(shapes: Seq[Vector[Int]]): ShapeGroup[R] = {
    val encoders = inputs.indices.map { input =>
      val at = open.indexOf(input)
      new ColumnEncoder(
        input,
        inputs(input),
        if (at >= 0) shapes(at) else inputs(input).shape.inner.map(_.toInt),
        reader,
        columns(input),
        // With open dimensions most shapes have one row in a window.
        if (open.isEmpty) math.min(usualRows, FirstRows) else 1
      )
    }
    new ShapeGroup(functions, encoders.toArray, rejectedRows.isolates)
  }
}

private object PartitionPredictor {

  /** Rows of a partition's first window, and the rows that a buffer holds before it grows. */
  val FirstRows = 16

  /** A shorter run spends most of its time on the hand-over to and from the runtime's threads. */
  val QuickNanos = 5e5

  // Group numbers of rows outside any group: with a null input, and rejected.
  val Null: Int = -1
  val Refused: Int = -2

  val weightless: () => Long = () => 0L

  val roomy: () => Boolean = () => false
}
