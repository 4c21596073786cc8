package tfpredict.benchmarks

import java.nio.{ByteBuffer, ByteOrder}

import org.apache.spark.sql.catalyst.expressions.UnsafeProjection
import org.apache.spark.sql.types.{ArrayType, DataType, FloatType}
import org.openjdk.jmh.annotations.{Benchmark, Setup}

import tfpredict.ModelSpec
import tfpredict.columns.{ColumnDecoder, InternalRowWriter, ResultDetail}
import tfpredict.tensor.{DType, NumberTensor, TensorShape, TensorSpec}

/** A tensor of floats into rows of Spark SQL, an array each, as an operator puts them out. */
class DecodeBenchmark extends ColumnsBenchmark {
  private var tensor: NumberTensor = _
  private var decoder: ColumnDecoder = _
  private val plain = new InternalRowWriter(Seq(ResultDetail(hasError = false, version = None)))
  private val project = UnsafeProjection.create(Array[DataType](ArrayType(FloatType, false)))

  @Setup
  def makeTensor(): Unit = {
    val buffer = ByteBuffer.allocate(rows * width * 4).order(ByteOrder.nativeOrder)
    tensor = new NumberTensor(DType.Float32, Array(rows.toLong, width.toLong), buffer)
    val output = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(-1, width.toLong))
    decoder = new ColumnDecoder(ModelSpec("none"), output)
  }

  @Benchmark
  def decode(): Long = {
    val results = plain.results(Vector(Vector(decoder.decode(tensor, rows))))
    var bytes = 0L
    var row = 0
    while (row < rows) {
      bytes += project(results.of(row)).getSizeInBytes
      row += 1
    }
    bytes
  }
}
