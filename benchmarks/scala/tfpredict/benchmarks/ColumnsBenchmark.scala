package tfpredict.benchmarks

import java.nio.{ByteBuffer, ByteOrder}
import java.util.concurrent.TimeUnit

import org.openjdk.jmh.annotations._

/** What the benchmarks of encoding and decoding share: one batch, and copying its bytes at once. */
@State(Scope.Thread)
@BenchmarkMode(Array(Mode.AverageTime))
@OutputTimeUnit(TimeUnit.MICROSECONDS)
abstract class ColumnsBenchmark {
  protected val rows = 1024

  /** Numbers in a row. */
  @Param(Array("2", "64", "784"))
  var width: Int = _

  private var source: Array[Byte] = _
  private var target: ByteBuffer = _

  @Setup
  def makeBytes(): Unit = {
    source = new Array[Byte](rows * width * 4)
    target = ByteBuffer.allocateDirect(source.length).order(ByteOrder.nativeOrder)
  }

  /** The bound: the batch's bytes, from an array of the JVM into native memory. */
  @Benchmark
  def memcpy(): ByteBuffer = {
    target.clear()
    target.put(source)
    target
  }
}
