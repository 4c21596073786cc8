package tfpredict.batch

import java.nio.{ByteBuffer, ByteOrder}

import scala.collection.mutable

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.columns.{ArrayReader, ColumnDecoder, ColumnEncoder, InputColumn}
import tfpredict.engine.{EngineException, EngineFunction, Fault}
import tfpredict.model.ModelFunction
import tfpredict.tensor.{DType, HostTensor, NumberTensor, Signature, TensorShape, TensorSpec}
import tfpredict.{ModelRunException, ModelSpec}

class ShapeGroupSuite extends AnyFunSuite {
  private val model = ModelSpec("/models/m")

  private def floats(tensor: HostTensor): Seq[Float] = {
    val buffer = tensor.asInstanceOf[NumberTensor].buffer
    val view = buffer.duplicate().order(buffer.order).asFloatBuffer()
    Seq.fill(view.remaining)(view.get())
  }

  /**
   * Doubles numbers, rejects batches with a rejected number, runs at most `room` rows, and records
   * batches.
   */
  private class Doubling(room: Int, rejects: Float => Boolean, fault: Fault)
      extends EngineFunction {
    val batches: mutable.Buffer[Seq[Float]] = mutable.Buffer.empty
    var runs = 0

    override def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] = {
      val rows = floats(inputs.head)
      runs += 1
      if (rows.size > room) throw new EngineException(Fault.Memory, "full")
      rows.find(rejects).foreach(row => throw new EngineException(fault, s"a ${row.toInt}"))
      batches += rows
      val buffer = ByteBuffer.allocate(4 * rows.size).order(ByteOrder.nativeOrder)
      rows.foreach(row => buffer.putFloat(2 * row))
      buffer.flip()
      Vector(new NumberTensor(DType.Float32, Array(rows.size.toLong, 1L), buffer))
    }
  }

  /** A function that has not run yet in this JVM. */
  private class Loaded(
      room: Int = Int.MaxValue,
      rejects: Float => Boolean = _ == 13f,
      fault: Fault = Fault.Unclear,
      batch: Long = -1
  ) {
    val engine = new Doubling(room, rejects, fault)
    private val input = TensorSpec("x", "x:0", DType.Float32, TensorShape.of(batch, 1))
    private val output = TensorSpec("y", "y:0", DType.Float32, TensorShape.of(batch, 1))
    private val signature = Signature("serve", Vector(input), Vector(output))
    private val decoded = DecodedFunction(
      model,
      ModelFunction(signature, engine),
      Vector(new ColumnDecoder(model, output))
    )

    def run(isolates: Boolean, rows: Float*): Seq[Either[String, Float]] =
      parts(isolates, rows: _*).flatMap {
        case Part(count, Right(outputs)) =>
          floats(outputs.head.tensor).take(count).map(number => Right(number))
        case Part(_, Left(rejection)) => Seq(Left(s"${rejection.found} at ${rejection.number}"))
      }

    def parts(isolates: Boolean, rows: Float*): Vector[Part] = {
      val encoder =
        new ColumnEncoder(0, input, Vector(1), ArrayReader, InputColumn(0, 1), 4)
      val group = new ShapeGroup(Vector(decoded), Array(encoder), isolates)
      rows.zipWithIndex.foreach { case (row, index) => group.append(Array(row), index + 1L) }
      group.run().head
    }
  }

  private def run(
      rows: Seq[Float],
      isolates: Boolean,
      room: Int = Int.MaxValue,
      batch: Long = -1
  ): (Seq[Either[String, Float]], Seq[Seq[Float]]) = {
    val loaded = new Loaded(room, batch = batch)
    (loaded.run(isolates, rows: _*), loaded.engine.batches.toSeq)
  }

  test("all rows are one batch") {
    assert(run(Seq(1, 2, 3), isolates = false) ==
      ((Seq(Right(2f), Right(4f), Right(6f)), Seq(Seq(1f, 2f, 3f)))))
  }

  test("a batch is halved until the runtime has memory for it") {
    val rows = (1 to 11).map(_.toFloat)
    val (found, batches) = run(rows, isolates = false, room = 3)
    assert(found == rows.map(row => Right(2 * row)))
    assert(batches.forall(_.size <= 3))
    val full = intercept[ModelRunException](run(rows, isolates = true, room = 0))
    assert(full.getMessage.contains("Expected: memory for a batch of [1, 1]. Found: full"))
  }

  test("a rejected row costs only itself, if rows are isolated") {
    val rows = Seq(1f, 13f, 2f, 3f, 4f, 13f, 5f)
    val (found, _) = run(rows, isolates = true)
    assert(found == Seq(
      Right(2f),
      Left("a 13 at 2"),
      Right(4f),
      Right(6f),
      Right(8f),
      Left("a 13 at 6"),
      Right(10f)
    ))
  }

  test("otherwise the first rejected row is reported by its number, and the run ends") {
    val loaded = new Loaded
    val rows = (1 to 1000).map(number => if (number == 700) 13f else 1f)
    assert(loaded.parts(isolates = false, rows: _*).last.outputs.left.toOption.map(_.number) ==
      Some(700))
    assert(loaded.engine.runs <= 21)
  }

  test("a failure on every row is the model's fault, unless it had a result before") {
    for (isolates <- Seq(true, false)) {
      val failed = intercept[ModelRunException](new Loaded().run(isolates, 13f, 13f, 13f))
      assert(failed.getMessage.contains("serve to run on [3, 1]"))
      assert(failed.found == "a 13, for each of the batch's 3 rows")
    }
    val loaded = new Loaded
    assert(loaded.run(isolates = true, 1f) == Seq(Right(2f)))
    assert(loaded.run(isolates = true, 13f, 13f) == Seq(Left("a 13 at 1"), Left("a 13 at 2")))
  }

  test("a single row is to blame if an empty batch runs, but after 16 of them the model is") {
    val loaded = new Loaded
    for (_ <- 1 to 15) assert(loaded.run(isolates = true, 13f) == Seq(Left("a 13 at 1")))
    intercept[ModelRunException](loaded.run(isolates = true, 13f))
    val broken = new EngineFunction {
      override def run(inputs: IndexedSeq[HostTensor]): IndexedSeq[HostTensor] =
        throw new EngineException(Fault.Unclear, "never")
    }
    val input = TensorSpec("x", "x:0", DType.Float32, TensorShape.of(-1, 1))
    val function = ModelFunction(Signature("serve", Vector(input), Vector(input)), broken)
    val encoder = new ColumnEncoder(0, input, Vector(1), ArrayReader, InputColumn(0, 1), 4)
    encoder.append(Array(1f))
    val failed = intercept[ModelRunException](new FunctionRun(
      DecodedFunction(model, function, Vector(new ColumnDecoder(model, input))),
      Vector(encoder.tensor()),
      1,
      isolates = true
    ).run())
    assert(failed.found == "never, and the same for a batch of no rows")
  }

  test("a broken model does not run for each row of a large batch") {
    val loaded = new Loaded(rejects = _ => true)
    intercept[ModelRunException](loaded.run(isolates = true, Seq.fill(8192)(1f): _*))
    assert(loaded.engine.runs < 60)
    val told = new Loaded(rejects = _ => true, fault = Fault.Model)
    intercept[ModelRunException](told.run(isolates = true, Seq.fill(8192)(1f): _*))
    assert(told.engine.runs == 1)
  }

  test("the engine's verdict on a row is accepted, even before any result") {
    val loaded = new Loaded(fault = Fault.Row)
    assert(loaded.run(isolates = true, 13f, 13f) == Seq(Left("a 13 at 1"), Left("a 13 at 2")))
  }

  test("a batch of fixed size is filled up with its last row, also when it is halved") {
    assert(run(Seq(1, 2), isolates = false, batch = 4) ==
      ((Seq(Right(2f), Right(4f)), Seq(Seq(1f, 2f, 2f, 2f)))))
    val (found, batches) = run(Seq(1, 13, 2), isolates = true, batch = 4)
    assert(found == Seq(Right(2f), Left("a 13 at 2"), Right(4f)))
    assert(batches == Seq(Seq(1f, 1f, 1f, 1f), Seq(2f, 2f, 2f, 2f)))
    assert(run(Seq(1, 2, 3), isolates = false, batch = 1)._2 == Seq(Seq(1f), Seq(2f), Seq(3f)))
  }
}
