package tfpredict.engine

import java.nio.{ByteBuffer, ByteOrder}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.tensor.{DType, HostTensor, NumberTensor}

class RaggedRowsSuite extends AnyFunSuite {

  private def numbers(dtype: DType, values: Int*): HostTensor = {
    val buffer = ByteBuffer.allocate(values.size * dtype.bytes).order(ByteOrder.nativeOrder)
    for (value <- values)
      if (dtype == DType.Int64) buffer.putLong(value.toLong) else buffer.putInt(value)
    buffer.flip()
    new NumberTensor(dtype, Array(values.size.toLong), buffer)
  }

  private val values = numbers(DType.Int32, 10, 20, 30)

  test("splits of int32 and int64 are read") {
    for (dtype <- Seq(DType.Int32, DType.Int64)) {
      val found = RaggedRows.of(values, Vector(numbers(dtype, 0, 2, 2, 3))).get
      assert(found.splits.map(_.toSeq) == Vector(Seq(0, 2, 2, 3)))
      assert(found.shape.toSeq == Seq(3, -1) && found.dtype == DType.Int32)
    }
  }

  test("a level has as many rows as the one before says") {
    val inner = numbers(DType.Int64, 0, 1, 3)
    val found = RaggedRows.of(values, Vector(numbers(DType.Int64, 0, 0, 2), inner)).get
    assert(found.shape.toSeq == Seq(2, -1, -1))
    assert(RaggedRows.of(values, Vector(numbers(DType.Int64, 0, 3), inner)).isEmpty)
  }

  test("splits beyond the values, or in decreasing order, are refused") {
    val broken = Seq(Seq(), Seq(1, 3), Seq(0, 2), Seq(0, 4), Seq(0, 4, 3), Seq(0, -1, 3))
    for (splits <- broken)
      assert(RaggedRows.of(values, Vector(numbers(DType.Int64, splits: _*))).isEmpty, splits)
    assert(RaggedRows.of(values, Vector(numbers(DType.Float32, 0, 3))).isEmpty)
  }
}
