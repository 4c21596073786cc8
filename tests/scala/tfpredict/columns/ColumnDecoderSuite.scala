package tfpredict.columns

import java.nio.{ByteBuffer, ByteOrder}

import org.apache.spark.sql.catalyst.util.ArrayData
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.{
  DType,
  HostTensor,
  ModelLoadException,
  ModelSpec,
  NumberTensor,
  TensorShape,
  TensorSpec
}

class ColumnDecoderSuite extends AnyFunSuite {
  private val model = ModelSpec("/models/m")

  private def decoder[V](writer: RowWriter[V], dims: Long*): ColumnDecoder[V] =
    new ColumnDecoder(
      model,
      TensorSpec("y", "y:0", DType.Float32, TensorShape.of(dims: _*)),
      writer
    )

  private def tensor(shape: Long*): HostTensor = {
    val count = shape.product.toInt
    val buffer = ByteBuffer.allocate(count * 4).order(ByteOrder.nativeOrder)
    (1 to count).foreach(i => buffer.putFloat(i.toFloat))
    buffer.flip()
    new NumberTensor(DType.Float32, shape.toArray, buffer)
  }

  test("a row of an RDD gets a flat array, whatever the shape") {
    assert(decoder(ArrayWriter, -1, 1).decode(tensor(2, 1), 2, 2).map(_.toSeq) == Seq(
      Seq(1f),
      Seq(2f)
    ))
    assert(decoder(ArrayWriter, -1, 2, 1).decode(tensor(2, 2, 1), 2, 2).map(_.toSeq) == Seq(
      Seq(1f, 2f),
      Seq(3f, 4f)
    ))
  }

  test("a value in SQL is a float or nested arrays") {
    assert(decoder(InternalValueWriter, -1).decode(tensor(2), 2, 2) == Seq(1f, 2f))
    assert(decoder(InternalValueWriter, -1, 1).decode(tensor(2, 1), 2, 2) == Seq(1f, 2f))
    val Seq(row) = decoder(InternalValueWriter, -1, 2, 2).decode(tensor(1, 2, 2), 1, 1)
    val inner = (0 to 1).map(i => row.asInstanceOf[ArrayData].getArray(i).toFloatArray().toSeq)
    assert(inner == Seq(Seq(1f, 2f), Seq(3f, 4f)))
  }

  test("an output that does not follow its signature is an error, not shifted rows") {
    val message =
      intercept[ModelLoadException](decoder(
        ArrayWriter,
        -1,
        1
      ).decode(tensor(1, 1), 3, 3)).getMessage
    assert(message.contains("expected output y to be float32[3, 1], found float32[1, 1]"))
  }
}
