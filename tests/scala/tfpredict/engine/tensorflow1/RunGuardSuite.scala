package tfpredict.engine.tensorflow1

import java.nio.{ByteBuffer, ByteOrder}
import java.util.concurrent.atomic.AtomicBoolean

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.engine.{Engine, EngineException, EngineFunction, Fault}
import tfpredict.model.ModelLoader
import tfpredict.savedmodel.store.ModelStore
import tfpredict.tensor.{DType, HostTensor, NumberTensor}
import tfpredict.{Background, LoopModels, ModelSpec, Settings}

class RunGuardSuite extends AnyFunSuite {

  private def tensor(values: Float*): IndexedSeq[HostTensor] = {
    val buffer = ByteBuffer.allocateDirect(4 * values.size).order(ByteOrder.nativeOrder)
    values.foreach(value => buffer.putFloat(value))
    buffer.flip()
    Vector(new NumberTensor(DType.Float32, Array(values.size.toLong), buffer))
  }

  private def floats(found: IndexedSeq[HostTensor]): Seq[Float] = {
    val buffer = found.head.asInstanceOf[NumberTensor].buffer
    val view = buffer.duplicate().order(ByteOrder.nativeOrder).asFloatBuffer()
    Seq.fill(view.remaining)(view.get())
  }

  private def withFunction[A](spec: ModelSpec)(body: EngineFunction => A): A = {
    // A run that cannot be cancelled still ends by this timeout, and fails the test.
    val settings = Settings.default.copy(runTimeout = 60000)
    val resolved = ModelStore.resolve(spec)
    val model = new ModelLoader(Engine.installed).load(resolved, settings)
    try body(model.function(resolved).engine)
    finally model.close()
  }

  private val never = () => false

  /** Cancels a run after this many milliseconds. Returns its failure and its duration. */
  private def cancelled(function: EngineFunction, after: Long): (EngineException, Double) = {
    val began = System.nanoTime
    val end = began + after * 1000000
    val failed = intercept[EngineException](
      function.run(tensor(3, Float.PositiveInfinity), () => System.nanoTime > end)
    )
    (failed, (System.nanoTime - began) / 1e9)
  }

  for ((kind, model) <- LoopModels.All) {
    test(s"$kind: a run that is cancelled ends, and others go on") {
      withFunction(model()) { function =>
        for (after <- Seq(0L, 1000L)) {
          val (failed, took) = cancelled(function, after)
          assert(failed.fault == Fault.Cancelled, failed.reason)
          assert(took < 20, s"it took $took s")
        }
        assert(floats(function.run(tensor(3, 5), never)) == Seq(3f, 5f))
        assert(floats(function.run(tensor(2, 7))) == Seq(2f, 7f))
      }
    }

    test(s"$kind: cancelling one of many runs cancels only that one") {
      withFunction(model()) { function =>
        val isOver = new AtomicBoolean
        // More runs than slots: the others run without a slot and return results.
        val endless = Background(cancelled(function, 3000)._1)
        val others = (1 to 2).map { _ =>
          Background {
            var runs = 0
            while (!isOver.get) {
              assert(floats(function.run(tensor(3, 2000), never)) == Seq(3f, 2000f))
              runs += 1
            }
            runs
          }
        }
        assert(endless.await().fault == Fault.Cancelled)
        isOver.set(true)
        others.foreach(runs => assert(runs.await() > 0))
      }
    }
  }

  for ((kind, model) <- LoopModels.Endless)
    test(s"$kind: a run that would not end for any row is cancelled") {
      withFunction(model()) { function =>
        val (failed, took) = cancelled(function, 1000)
        assert(failed.fault == Fault.Cancelled, failed.reason)
        assert(took < 20, s"it took $took s")
      }
    }

  test("a slot is empty when another run takes it, however late the last was cancelled") {
    withFunction(LoopModels.ofFrames(isEndless = false)) { function =>
      var ended = 0
      for (run <- 1 to 40) {
        val began = System.nanoTime
        // About as long as the watch's period.
        val found =
          try Some(floats(function.run(tensor(20000f * (run % 10)), () => System.nanoTime > began)))
          catch { case failed: EngineException if failed.fault == Fault.Cancelled => None }
        found match {
          case Some(values) => assert(values == Seq(20000f * (run % 10)))
          case None => ended += 1
        }
        assert(floats(function.run(tensor(run.toFloat), never)) == Seq(run.toFloat))
      }
      assert(ended > 0 && ended < 40, ended)
    }
  }

  test("more runs than slots answer") {
    withFunction(LoopModels.ofFrames(isEndless = false)) { function =>
      val runs = (1 to RunGuard.Slots + 8).map { number =>
        Background(floats(function.run(tensor(number * 100f), never)))
      }
      assert(runs.map(_.await()) == (1 to runs.size).map(number => Seq(number * 100f)))
    }
  }

  test("a run that fails by itself leaves its slot as it was") {
    withFunction(LoopModels.ofFrames(isEndless = false)) { function =>
      val wrong = Vector(new NumberTensor(
        DType.Int32,
        Array(1L),
        ByteBuffer.allocate(4).order(ByteOrder.nativeOrder)
      ))
      for (number <- 1 to 2 * RunGuard.Slots) {
        assert(intercept[EngineException](function.run(wrong, never)).fault != Fault.Cancelled)
        assert(floats(function.run(tensor(number.toFloat), never)) == Seq(number.toFloat))
      }
      assert(Engine.installed.liveTensors == 0)
    }
  }
}
