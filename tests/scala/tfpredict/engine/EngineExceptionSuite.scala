package tfpredict.engine

import java.nio.{ByteBuffer, ByteOrder}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.ModelSpec
import tfpredict.tensor.{DType, NumberTensor, Signature}

/** What a failed run is for a reader, where no row is the cause. */
class EngineExceptionSuite extends AnyFunSuite {
  private val rows =
    new NumberTensor(
      DType.Float32,
      Array(2L, 1L),
      ByteBuffer.allocate(8).order(ByteOrder.nativeOrder)
    )

  test("each fault has an error class of its own") {
    val classes = Seq(
      Fault.Memory -> "TFPREDICT_OUT_OF_MEMORY",
      Fault.Time -> "TFPREDICT_RUN_TIMEOUT",
      Fault.Cancelled -> "TFPREDICT_RUN_CANCELLED",
      Fault.Model -> "TFPREDICT_MODEL_FAILS",
      Fault.Unclear -> "TFPREDICT_MODEL_FAILS"
    )
    for ((fault, name) <- classes) {
      val failed = new EngineException(fault, "a reason").ofModel(
        ModelSpec("/m", Some(3)),
        Signature("serve", Vector.empty, Vector.empty),
        Seq(rows)
      )
      assert(failed.errorClass == name)
      assert(failed.getMessage.startsWith(s"[$name] "))
      assert(failed.getMessage.contains("Model: /m (version 3, signature serving_default). "))
      assert(failed.expected.contains("[2, 1]") && failed.found == "a reason")
    }
  }
}
