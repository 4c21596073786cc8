package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType

import tfpredict.GraphModel.{kind, node, text}

class PlacementsSuite extends AnyFunSuite {

  test("devices, compilers and kernels by label are left out, and nothing else") {
    val asked = Seq("_class", "_kernel", "_XlaMustCompile", "_tpu_replicate", "_forward_input")
    val placed = node("Relu", "y", "x")(
      asked.map(
        _ -> text("any")
      ) :+ ("T" -> kind(DataType.DT_FLOAT)) :+ ("_hint" -> text("kept")): _*
    ).toBuilder.setDevice("/device:GPU:1").build()
    val here = Placements.without(placed)
    assert(here.getDevice.isEmpty)
    assert(here.getAttrMap.keySet.asScala == Set("T", "_hint"))
    assert(here.getInputList == placed.getInputList && here.getName == "y" && here.getOp == "Relu")
  }

  test("requests for a compiler are recognized by their prefix") {
    assert(Seq("_XlaCompile", "_xla_compile_id", "_tpu_replicate").forall(Placements.isOfDevice))
    assert(!Seq("_output_shapes", "_class", "T").exists(Placements.isOfDevice))
  }
}
