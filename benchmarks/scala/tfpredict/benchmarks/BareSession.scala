package tfpredict.benchmarks

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.{ByteBuffer, ByteOrder, FloatBuffer, LongBuffer}
import java.util.concurrent.{Callable, Executors}

import scala.collection.JavaConverters._

import org.apache.spark.sql.{DataFrame, Row}
import org.tensorflow.{Output, Tensor}

import tfpredict.tensor.{DType, TensorSpec}

/**
 * The model with nothing around it: ready-made tensors, no rows and no Spark. What is left to gain
 * ends here.
 *
 * @param rows
 *   some batches, whose columns are the signature's inputs in their order
 * @param batch
 *   rows of a batch
 */
final class BareSession(model: AdaptedModel, rows: DataFrame, batch: Int) extends AutoCloseable {
  private val bundle = model.load()

  private val batches: IndexedSeq[Seq[(Output[_], Tensor[_])]] =
    rows.collect().grouped(batch).map { rows =>
      model.signature.inputs.zipWithIndex.map { case (input, column) =>
        find(input) -> BareSession.tensor(input, rows, column)
      }
    }.toIndexedSeq
  private val fetch = find(model.signature.outputs.head)

  /** Seconds for so many batches by so many threads, each thread its share. */
  def seconds(count: Int, threads: Int): Double = {
    val pool = Executors.newFixedThreadPool(threads)
    val work = (0 until threads).map { thread =>
      new Callable[Unit] {
        override def call(): Unit =
          for (number <- thread until count by threads) run(number).close()
      }
    }
    try {
      val started = System.nanoTime
      pool.invokeAll(work.asJava).asScala.foreach(_.get())
      (System.nanoTime - started) / 1e9
    } finally pool.shutdown()
  }

  /** The answers to the first batch: float32, little-endian. */
  def answers(): Array[Byte] = {
    val tensor = run(0)
    try {
      val bytes = ByteBuffer.allocate(tensor.numBytes).order(ByteOrder.nativeOrder)
      tensor.writeTo(bytes)
      bytes.array
    } finally tensor.close()
  }

  override def close(): Unit = {
    batches.flatten.foreach { case (_, tensor) => tensor.close() }
    bundle.close()
  }

  private def run(number: Int): Tensor[_] = {
    val runner = bundle.session.runner()
    batches(number % batches.size).foreach { case (feed, tensor) => runner.feed(feed, tensor) }
    runner.fetch(fetch).run().get(0)
  }

  private def find(spec: TensorSpec): Output[_] = {
    val Array(node, index) = spec.tensor.split(":")
    bundle.graph.operation(node).output(index.toInt)
  }
}

private object BareSession {

  def tensor(input: TensorSpec, rows: Array[Row], column: Int): Tensor[_] = {
    val shape = rows.length.toLong +: input.shape.inner.toArray
    input.dtype match {
      case DType.Float32 =>
        val values = rows.flatMap(_.getSeq[Float](column))
        Tensor.create(shape, FloatBuffer.wrap(values))
      case DType.Int64 => Tensor.create(shape, LongBuffer.wrap(rows.map(_.getLong(column))))
      case DType.Utf8 => Tensor.create(rows.map(_.getString(column).getBytes(UTF_8)))
      case other => throw new IllegalArgumentException(s"no workload has $other")
    }
  }
}
