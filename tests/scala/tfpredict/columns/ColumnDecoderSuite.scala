package tfpredict.columns

import java.nio.{ByteBuffer, ByteOrder}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.tensor.{DType, HostTensor, NumberTensor, TensorShape, TensorSpec}
import tfpredict.{ModelRunException, ModelSpec}

class ColumnDecoderSuite extends AnyFunSuite {
  private val model = ModelSpec("/models/m")

  private def results[V](writer: RowWriter[V], dims: Long*)(tensor: HostTensor): RowResults[V] = {
    val spec = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(dims: _*))
    val column = new ColumnDecoder(model, spec).decode(tensor, tensor.shape.head.toInt)
    writer.results(Vector(Vector(column)))
  }

  private def plain(functions: Int): InternalRowWriter =
    new InternalRowWriter(Seq.fill(functions)(ResultDetail(hasError = false, version = None)))

  private def tensor(shape: Long*): HostTensor = {
    val count = shape.product.toInt
    val buffer = ByteBuffer.allocate(count * 4).order(ByteOrder.nativeOrder)
    (1 to count).foreach(i => buffer.putFloat(i.toFloat))
    buffer.flip()
    new NumberTensor(DType.Float32, shape.toArray, buffer)
  }

  test("a row of an RDD gets a flat array of its own, whatever the shape") {
    val column = results(ArrayWriter, -1, 1)(tensor(2, 1))
    assert(Seq(column.of(0), column.of(1)).map(_.toSeq) == Seq(Seq(1f), Seq(2f)))
    val matrix = results(ArrayWriter, -1, 2, 1)(tensor(2, 2, 1))
    assert(Seq(matrix.of(1), matrix.of(0)).map(_.toSeq) == Seq(Seq(3f, 4f), Seq(1f, 2f)))
  }

  test("a value in SQL is a float, an array or nested arrays") {
    for (dims <- Seq(Seq(-1L), Seq(-1L, 1L))) {
      val rows = results(plain(1), dims: _*)(tensor(2L +: dims.tail: _*))
      assert(Seq(rows.of(1).getFloat(0), rows.of(0).getFloat(0)) == Seq(2f, 1f))
    }
    val flat = results(plain(1), -1, 3)(tensor(2, 3))
    assert(flat.of(1).getArray(0).toFloatArray().toSeq == Seq(4f, 5f, 6f))
    assert(flat.of(0).getArray(0).toFloatArray().toSeq == Seq(1f, 2f, 3f))
    val nested = results(plain(1), -1, 2, 2)(tensor(1, 2, 2)).of(0).getArray(0)
    val inner = (0 to 1).map(i => nested.getArray(i)).map(_.toFloatArray().toSeq)
    assert(inner == Seq(Seq(1f, 2f), Seq(3f, 4f)))
  }

  test("a copied row stays the same when the view moves on") {
    val rows = results(plain(1), -1, 3)(tensor(2, 3))
    val first = rows.of(0).copy()
    rows.of(1).getArray(0)
    assert(first.getArray(0).toFloatArray().toSeq == Seq(1f, 2f, 3f))
  }

  test("several outputs are a struct, several functions are fields") {
    val spec = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(-1))
    val column = new ColumnDecoder(model, spec).decode(tensor(2), 2)
    val row = plain(2).results(Vector(Vector(column), Vector(column, column))).of(1)
    assert(row.numFields == 2)
    assert(row.getFloat(0) == 2f)
    assert(row.getStruct(1, 2).getFloat(1) == 2f)
  }

  test("an output that does not follow its signature is an error, not shifted rows") {
    val spec = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(-1, 1))
    val message = intercept[ModelRunException](
      new ColumnDecoder(model, spec).decode(tensor(1, 1), 3)
    ).getMessage
    assert(message.startsWith("[TFPREDICT_OUTPUT_SHAPE] "))
    assert(message.contains("Expected: output y to be float32[3, 1]. Found: float32[1, 1]."))
  }
}
