package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef}

import tfpredict.TinyModels._
import tfpredict.model.{ModelDescription, ModelInspector}
import tfpredict.{GraphModel, LoopModels, ModelSpec, UnsupportedModelException}

class LoopConditionsSuite extends AnyFunSuite {

  private val float = "T" -> kind(DataType.DT_FLOAT)

  private def enter(input: String): NodeDef =
    node("Enter", "enter", input)(float, "frame_name" -> word("loop"))

  private def merge(next: String): NodeDef =
    node("Merge", "merge", "enter", next)(float, "N" -> AttrValue.newBuilder.setI(2).build)

  private def refused(spec: ModelSpec): UnsupportedModelException = {
    val described = intercept[UnsupportedModelException](ModelDescription.of(spec))
    assert(
      intercept[UnsupportedModelException](ModelInspector.inspect(spec)).found == described.found
    )
    described
  }

  test("a cycle without an exit is refused by its node") {
    val spec = of(
      DataType.DT_FLOAT,
      placeholder("x", DataType.DT_FLOAT, -1),
      enter("x"),
      merge("next"),
      node("NextIteration", "next", "merge")(float),
      node("Exit", "y", "merge")(float)
    )
    val found = refused(spec)
    assert(found.found == "a loop without a condition at node next")
    assert(found.fix.startsWith("Write the loop as tf.while_loop"))
    assert(found.errorClass == "TFPREDICT_GRAPH_UNSAFE")
  }

  test("a switch that no loop condition decides is no exit") {
    val spec = of(
      DataType.DT_FLOAT,
      placeholder("x", DataType.DT_FLOAT, -1),
      enter("x"),
      merge("next"),
      node("IsInf", "inf", "merge")(float),
      ints("axes", 0).toBuilder.addInput("^merge").build,
      node("Any", "any", "inf", "axes")("Tidx" -> kind(DataType.DT_INT32)),
      node("Switch", "switch", "merge", "any")(float),
      node("NextIteration", "next", "switch:1")(float),
      node("Exit", "y", "switch")(float)
    )
    assert(refused(spec).found == "a loop without a condition at node next")
  }

  test("cycles are found in functions too") {
    val built = FunctionDef.newBuilder
    val signature = built.getSignatureBuilder.setName("f")
    signature.addInputArgBuilder.setName("a").setType(DataType.DT_FLOAT)
    signature.addOutputArgBuilder.setName("b").setType(DataType.DT_FLOAT)
    val function = built
      .addNodeDef(enter("a"))
      .addNodeDef(merge("next:output:0").toBuilder.setInput(0, "enter:output:0"))
      .addNodeDef(node("NextIteration", "next", "merge:output:0")(float))
      .addNodeDef(node("Exit", "exit", "merge:output:0")(float))
      .putRet("b", "exit:output:0")
      .build
    val called = AttrValue.newBuilder
    called.getFuncBuilder.setName("f")
    val spec = GraphModel.write(
      Seq(node("PartitionedCall", "y", "x")(
        "Tin" -> kinds(DataType.DT_FLOAT),
        "Tout" -> kinds(DataType.DT_FLOAT),
        "f" -> called.build
      )),
      Map("y" -> "y:0"),
      Seq(function)
    )
    assert(refused(spec).found == "a loop without a condition at node next in function f")
  }

  test("loops with a condition are not refused") {
    for ((kind, model) <- LoopModels.All ++ LoopModels.Endless)
      assert(ModelDescription.of(model()).signature.outputs.size == 1, kind)
  }
}
