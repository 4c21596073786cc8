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
import tfpredict.model.{MemoryWatch, ModelCache}
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
  // Each function cuts a window's rows into batches of its own size, if it has one.
  private val firstRows = signatures.map(_.fixedBatch.getOrElse(FirstRows)).max
  private val usualRows = signatures.map(settings.usualRows).max
  // What a row of the last window took of its run, once there is one.
  private var rowNanos = Double.MaxValue
  private var rowBytes = 0.0

  // Rows are written into one while the other runs.
  private var filling = new ShapeGroups[R](settings.batchBytes, group)
  private var other = new ShapeGroups[R](settings.batchBytes, group)
  private val refusals = new Refusals(settings, listener)
  private var seen = 0L
  private var number: Option[() => Long] = None
  private var weight: () => Long = weightless
  private var weightBefore = 0L
  private var isTight: () => Boolean = roomy
  private var isClosed = false

  /**
   * One result for each row, in order: nothing where an input is null. Whatever an earlier call
   * left is forgotten, also where it failed, and its iterator must not be used any more.
   *
   * @param weight
   *   bytes that the caller has kept of all rows so far; a batch ends before it has kept more than
   *   a batch may have
   * @param isTight
   *   whether the caller has no memory to keep more
   * @param before
   *   rows of the partition that came before these
   * @param number
   *   where these are parts of rows, the number in the partition of the row that the last is of
   * @throws IllegalStateException
   *   if this is closed
   */
  def predict(
      rows: Iterator[R],
      weight: () => Long = weightless,
      isTight: () => Boolean = roomy,
      before: Long = 0,
      number: Option[() => Long] = None
  ): Iterator[V] = {
    if (isClosed) {
      throw new IllegalStateException(
        s"${models.head.describe} was closed here: load it again to use it"
      )
    }
    awaitRunning()
    filling.clear()
    other.clear()
    refusals.clear()
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
        else writer.mixed(refusals.remove().map(rejection => Left(refusals.told(rejection))))
    )
  }

  override def close(): Unit = {
    isClosed = true
    // The model is in use until then.
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
              s"for input ${function.input(rejected.input).describe} ${rejected.expected}",
              rejected.found,
              seen
            )
          }
          functions.foreach(_.counts.onRejected(1))
          if (!refusals.isolates) fail(rejections.head)
          refusals.add(rejections)
          Refused
      }
  }

  private def fail(rejection: Rejection): Nothing = throw Rejection.failure(rejection.record)

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
    if (!refusals.isolates) window.rejection.foreach(fail)
    group => {
      val outputs = window.groups(group).collect { case Vector(Part(_, Right(found))) => found }
      if (outputs.size == functions.size) writer.results(outputs) else ofParts(window.groups(group))
    }
  }

  // A batch that was halved, which is rare: each row finds its part, of each function.
  private def ofParts(functions: IndexedSeq[Vector[Part]]): RowResults[V] = {
    val answers = functions.map(_.flatMap {
      case Part(count, Right(outputs)) =>
        (0 until count).map(row => Right(RowOutputs(outputs, row)))
      case Part(_, Left(rejection)) => Vector(Left(rejection))
    })
    row => {
      val ofRow = answers.map(_(row))
      ofRow.collectFirst { case Left(rejection) => rejection }.foreach(refusals.count)
      writer.mixed(ofRow.map(_.left.map(refusals.told)))
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
        // Of many shapes most have one row in a window.
        if (open.isEmpty) math.min(usualRows, FirstRows) else 1
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

  val roomy: () => Boolean = () => false
}
