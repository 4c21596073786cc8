package tfpredict.columns

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.{ByteBuffer, ByteOrder}

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData
import org.apache.spark.sql.catalyst.util.{ArrayData, GenericArrayData}
import org.apache.spark.unsafe.types.UTF8String
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.tensor.{DType, HostTensor, NumberTensor, StringTensor, TensorShape, TensorSpec}

class ColumnEncoderSuite extends AnyFunSuite {
  private def spec(dims: Long*): TensorSpec =
    TensorSpec("x", "x:0", DType.Float32, TensorShape.of(dims: _*))

  private def inner(input: TensorSpec): Vector[Int] = input.shape.inner.map(_.toInt)

  private def numbers(tensor: HostTensor): Seq[Float] = {
    val buffer = tensor.asInstanceOf[NumberTensor].buffer
    val floats = buffer.duplicate().order(buffer.order).asFloatBuffer()
    Seq.fill(floats.remaining)(floats.get())
  }

  private def sql(input: TensorSpec, depth: Int, rows: Int = 4): ColumnEncoder[InternalRow] =
    new ColumnEncoder(0, input, inner(input), InternalRowReader, InputColumn(0, depth), rows)

  private def flat(values: Float*): ArrayData = UnsafeArrayData.fromPrimitiveArray(values.toArray)

  private def nested(values: Any*): ArrayData = new GenericArrayData(values.toArray[Any])

  test("flat arrays of a Spark row and of an RDD give the same tensor") {
    val fromSql = sql(spec(-1, 2), 1)
    val fromRdd =
      new ColumnEncoder(0, spec(-1, 2), Vector(2), ArrayReader, InputColumn(0, 1), 4)
    for (row <- Seq(Array(1f, 2f), Array(3f, 4f))) {
      fromSql.append(InternalRow(flat(row.toSeq: _*)))
      fromRdd.append(row)
    }
    for (tensor <- Seq(fromSql.tensor(), fromRdd.tensor())) {
      assert(tensor.shape.toSeq == Seq(2L, 2L))
      assert(numbers(tensor) == Seq(1f, 2f, 3f, 4f))
    }
  }

  test("nested arrays are laid out as flat ones are") {
    val encoder = sql(spec(-1, 2, 2, 1), 3)
    encoder.append(InternalRow(nested(nested(flat(1), flat(2)), nested(flat(3), flat(4)))))
    val tensor = encoder.tensor()
    assert(tensor.shape.toSeq == Seq(1L, 2L, 2L, 1L))
    assert(numbers(tensor) == Seq(1f, 2f, 3f, 4f))
  }

  test("a number is a row of [batch]") {
    val encoder = sql(spec(-1), 0)
    encoder.append(InternalRow(2.5f))
    assert(encoder.tensor().shape.toSeq == Seq(1L))
    assert(numbers(encoder.tensor()) == Seq(2.5f))
  }

  test("the buffer is used again after clear") {
    val encoder = sql(spec(-1, 2), 1, rows = 1)
    for (value <- Seq(1f, 2f, 3f)) {
      encoder.append(InternalRow(flat(value, value)))
      assert(numbers(encoder.tensor()) == Seq(value, value))
      encoder.clear()
    }
  }

  test("NaN and infinities pass through") {
    val encoder = sql(spec(-1, 3), 1)
    encoder.append(InternalRow(flat(Float.NaN, Float.PositiveInfinity, Float.NegativeInfinity)))
    val found = numbers(encoder.tensor())
    assert(found.head.isNaN && found(1).isPosInfinity && found(2).isNegInfinity)
  }

  private def refused(encoder: ColumnEncoder[InternalRow], value: ArrayData): String =
    intercept[RejectedValue](encoder.append(InternalRow(value))).getMessage

  test("an error about a length has the found and the expected one") {
    val message = refused(sql(spec(-1, 2), 1), flat(1, 2, 3))
    assert(message == "expected length 2 at depth 1, found length 3")
    assert(refused(
      sql(spec(-1, 2, 2), 1),
      flat(1, 2)
    ).contains("length 4 at depth 1, found length 2"))
    assert(refused(
      sql(spec(-1, 2, 1), 2),
      nested(flat(1), flat(1, 2))
    ).contains("length 1 at depth 2, found length 2"))
    assert(refused(sql(spec(-1, 2), 1), flat()).contains("found length 0"))
  }

  test("a null inside an array is refused, at any depth") {
    val hole = new GenericArrayData(Array[Any](1f, null))
    assert(refused(sql(spec(-1, 2), 1), hole).contains("a null at index 1"))
    assert(refused(sql(spec(-1, 2, 2), 2), nested(flat(1, 2), null)).contains("a null at index 1"))
  }

  test("a refused row leaves no trace") {
    val encoder = sql(spec(-1, 2, 1), 2)
    encoder.append(InternalRow(nested(flat(1), flat(2))))
    // Its first half is written before the error in the second is found.
    refused(encoder, nested(flat(9), flat(9, 9)))
    encoder.append(InternalRow(nested(flat(3), flat(4))))
    assert(encoder.tensor().shape.toSeq == Seq(2L, 2L, 1L))
    assert(numbers(encoder.tensor()) == Seq(1f, 2f, 3f, 4f))
  }

  test("a value too large for memory is rejected with its size, and leaves no trace") {
    val buffer = new ElementBuffer(DType.Float32, 1)
    buffer.putFloat(1f)
    val source = new Array[Byte](16)
    val full = intercept[ElementBuffer.Full](buffer.putBlock(source, 0, 1 << 29))
    assert(full.getMessage.contains("2147483652 bytes"))
    assert(buffer.size == 1 && buffer.byteSize == 4)
    buffer.putFloat(2f)
    assert(numbers(buffer.tensor(Array(2L))) == Seq(1f, 2f))
  }

  test("buffers grow with single values, with blocks, and with other values") {
    val buffers = Seq(DType.Float32, DType.Float64, DType.Int32, DType.Int64, DType.UInt8).map {
      dtype => dtype -> new ElementBuffer(dtype, 1)
    }
    for (value <- 0 until 200; (dtype, buffer) <- buffers) dtype match {
      case DType.Float32 => buffer.putFloat(value.toFloat)
      case DType.Float64 => buffer.putDouble(value.toDouble)
      case DType.Int32 => buffer.putInt(value)
      case DType.Int64 => buffer.putLong(value.toLong)
      case _ => buffer.putByte(value.toByte)
    }
    for ((dtype, buffer) <- buffers) {
      val bytes = buffer.tensor(Array(200L)).asInstanceOf[NumberTensor].buffer
      val found = (0 until 200).map { index =>
        dtype match {
          case DType.Float32 => bytes.getFloat(4 * index).toInt
          case DType.Float64 => bytes.getDouble(8 * index).toInt
          case DType.Int32 => bytes.getInt(4 * index)
          case DType.Int64 => bytes.getLong(8 * index).toInt
          case _ => bytes.get(index) & 0xff
        }
      }
      assert(found == (0 until 200), dtype)
    }
    val texts = new ElementBuffer(DType.Utf8, 1)
    val words = (0 until 200).map(number => "é" * (number % 40))
    for (word <- words) {
      texts.putString(UTF8String.fromString("taken back"))
      texts.truncate(texts.size - 1)
      texts.putString(UTF8String.fromString(word))
    }
    val strings = texts.tensor(Array(200L)).asInstanceOf[StringTensor]
    assert((0 until 200).map(index =>
      new String(strings(index), UTF_8)
    ) == words)
    assert(texts.byteSize == words.map(_.getBytes(UTF_8).length).sum)

    val blocks = new ElementBuffer(DType.Float32, 1)
    val source = new Array[Byte](40)
    (0 until 10).foreach(i =>
      ByteBuffer.wrap(source).order(ByteOrder.nativeOrder).putFloat(4 * i, i.toFloat)
    )
    for (_ <- 1 to 50) {
      blocks.putBlock(source, 4, 9)
      blocks.put(Array(10f))
    }
    assert(numbers(blocks.tensor(Array(50L, 10L))) == Seq.fill(50)(1 to 10).flatten.map(_.toFloat))
  }
}
