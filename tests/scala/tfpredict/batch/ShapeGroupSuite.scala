package tfpredict.batch

import java.nio.{ByteBuffer, ByteOrder}

import scala.collection.mutable

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.columns.{ArrayReader, ColumnDecoder, ColumnEncoder, InputColumn}
import tfpredict.model.ModelFunction
import tfpredict.session.{EngineFunction, OutOfRoom}
import tfpredict.{
  DType,
  HostTensor,
  ModelLoadException,
  ModelSpec,
  NumberTensor,
  Signature,
  TensorShape,
  TensorSpec
}

class ShapeGroupSuite extends AnyFunSuite {
  private val model = ModelSpec("/models/m")

  private def floats(tensor: HostTensor): Seq[Float] = {
    val buffer = tensor.asInstanceOf[NumberTensor].buffer
    val view = buffer.duplicate().order(buffer.order).asFloatBuffer()
    Seq.fill(view.remaining)(view.get())
  }

  /** Doubles numbers, refuses batches with a 13 and has room for so many rows; records batches. */
  private class Doubling(room: Int) extends EngineFunction {
    val batches: mutable.Buffer[Seq[Float]] = mutable.Buffer.empty

    override def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = {
      val rows = floats(inputs.head)
      if (rows.size > room) throw new OutOfRoom("full", null)
      if (rows.contains(13f)) {
        throw new ModelLoadException("m", "no 13", "a 13", "Leave it out.")
      }
      batches += rows
      val buffer = ByteBuffer.allocate(4 * rows.size).order(ByteOrder.nativeOrder)
      rows.foreach(row => buffer.putFloat(2 * row))
      buffer.flip()
      Vector(new NumberTensor(DType.Float32, Array(rows.size.toLong, 1L), buffer))
    }
  }

  private def run(
      rows: Seq[Float],
      isolates: Boolean,
      room: Int = Int.MaxValue,
      batch: Long = -1
  ): (Seq[Either[String, Float]], Seq[Seq[Float]]) = {
    val engine = new Doubling(room)
    val input = TensorSpec("x", "x:0", DType.Float32, TensorShape.of(batch, 1))
    val output = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(batch, 1))
    val signature = Signature("serve", Vector(input), Vector(output))
    val decoded =
      DecodedFunction(ModelFunction(signature, engine), Vector(new ColumnDecoder(model, output)))
    val encoder =
      new ColumnEncoder(model, input, Vector(1), ArrayReader, InputColumn(0, 1), 4)
    val group = new ShapeGroup(Vector(decoded), Array(encoder), isolates)
    rows.foreach(row => group.append(Array(row)))
    val found = group.run().flatMap {
      case Part(count, Right(outputs)) =>
        floats(outputs.head.head.tensor).take(count).map(number => Right(number))
      case Part(_, Left(reason)) => Seq(Left(reason))
    }
    (found, engine.batches)
  }

  test("all rows are one batch") {
    assert(run(Seq(1, 2, 3), isolates = false) ==
      ((Seq(Right(2f), Right(4f), Right(6f)), Seq(Seq(1f, 2f, 3f)))))
  }

  test("a batch that the runtime has no room for is halved until it has") {
    val rows = (1 to 11).map(_.toFloat)
    val (found, batches) = run(rows, isolates = false, room = 3)
    assert(found == rows.map(row => Right(2 * row)))
    assert(batches.forall(_.size <= 3))
    val full = intercept[OutOfRoom](run(rows, isolates = false, room = 0))
    assert(full.getMessage == "full")
  }

  test("a row that the model cannot run costs only itself, if that is asked for") {
    val rows = Seq(1f, 13f, 2f, 3f, 4f, 13f, 5f)
    val (found, _) = run(rows, isolates = true)
    assert(found == rows.map(row => if (row == 13f) Left("a 13") else Right(2 * row)))
    intercept[ModelLoadException](run(rows, isolates = false))
  }

  test("a batch of fixed size is filled up with its last row, also where it is halved") {
    assert(run(Seq(1, 2), isolates = false, batch = 4) ==
      ((Seq(Right(2f), Right(4f)), Seq(Seq(1f, 2f, 2f, 2f)))))
    val (found, batches) = run(Seq(1, 13, 2), isolates = true, batch = 4)
    assert(found == Seq(Right(2f), Left("a 13"), Right(4f)))
    assert(batches == Seq(Seq(1f, 1f, 1f, 1f), Seq(2f, 2f, 2f, 2f)))
  }
}
