package tfpredict.benchmarks

import java.nio.{ByteBuffer, ByteOrder}

import org.openjdk.jmh.annotations.{Benchmark, Setup}

import tfpredict.columns.{ColumnDecoder, InternalValueWriter}
import tfpredict.{DType, ModelSpec, NumberTensor, TensorShape, TensorSpec}

/** A tensor of floats into values of Spark SQL, an array for each row. */
class DecodeBenchmark extends ColumnsBenchmark {
  private var tensor: NumberTensor = _
  private var decoder: ColumnDecoder[Any] = _

  @Setup
  def makeTensor(): Unit = {
    val buffer = ByteBuffer.allocate(rows * width * 4).order(ByteOrder.nativeOrder)
    tensor = new NumberTensor(DType.Float32, Array(rows.toLong, width.toLong), buffer)
    val output = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(-1, width.toLong))
    decoder = new ColumnDecoder(ModelSpec("none"), output, InternalValueWriter)
  }

  @Benchmark
  def decode(): IndexedSeq[Any] = decoder.decode(tensor, rows, rows)
}
