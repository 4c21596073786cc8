package tfpredict.benchmarks

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{UnsafeArrayData, UnsafeProjection}
import org.apache.spark.sql.types.{ArrayType, DataType, FloatType}
import org.openjdk.jmh.annotations.{Benchmark, Setup}

import tfpredict.columns.{ColumnEncoder, InputColumn, InternalRowReader}
import tfpredict.tensor.{DType, HostTensor, TensorShape, TensorSpec}

/** Rows of Spark SQL with one array of floats each, into a tensor. */
class EncodeBenchmark extends ColumnsBenchmark {
  private var batch: Array[InternalRow] = _
  private var encoder: ColumnEncoder[InternalRow] = _

  @Setup
  def makeRows(): Unit = {
    val project = UnsafeProjection.create(Array[DataType](ArrayType(FloatType, false)))
    batch = Array.tabulate(rows) { row =>
      val values = Array.tabulate(width)(column => (row + column).toFloat)
      project(InternalRow(UnsafeArrayData.fromPrimitiveArray(values))).copy()
    }
    val input = TensorSpec("x", "x:0", DType.Float32, TensorShape.of(-1, width.toLong))
    val column = InputColumn(ordinal = 0, depth = 1)
    encoder =
      new ColumnEncoder(0, input, Vector(width), InternalRowReader, column, rows)
  }

  @Benchmark
  def encode(): HostTensor = {
    encoder.clear()
    batch.foreach(encoder.append)
    encoder.tensor()
  }
}
