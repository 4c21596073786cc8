package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, MetaGraphDef, NodeDef, SignatureDef, TensorInfo}

import tfpredict.RuntimeCatalog.catalog

class WideTensorsSuite extends AnyFunSuite {

  private def node(name: String, op: String, dtype: DataType, inputs: String*): NodeDef =
    NodeDef.newBuilder().setName(name).setOp(op).addAllInput(inputs.asJava)
      .putAttr("dtype", Fragment.kind(dtype)).build()

  private def info(tensor: String, dtype: DataType): TensorInfo =
    TensorInfo.newBuilder().setName(tensor).setDtype(dtype).build()

  private def graph(nodes: NodeDef*)(inputs: (String, TensorInfo)*)(
      outputs: (String, TensorInfo)*
  ): MetaGraphDef = {
    val builder = MetaGraphDef.newBuilder()
    builder.getGraphDefBuilder.addAllNode(nodes.asJava)
    builder.putSignatureDef(
      "s",
      SignatureDef.newBuilder().putAllInputs(inputs.toMap.asJava)
        .putAllOutputs(outputs.toMap.asJava).build()
    ).build()
  }

  private def nodes(graph: MetaGraphDef): Map[String, NodeDef] =
    graph.getGraphDef.getNodeList.asScala.map(node => node.getName -> node).toMap

  test("tensors with a Spark type stay unchanged") {
    val plain = graph(node("x", "Placeholder", DT_UINT8))("x" -> info("x:0", DT_UINT8))(
      "y" -> info("x:0", DT_FLOAT)
    )
    assert(WideTensors.of(plain, Set("s")) eq plain)
    val narrow =
      graph(node("x", "Placeholder", DT_INT8))("x" -> info("x:0", DT_INT8))()
    assert(WideTensors.of(narrow, Set("other")) eq narrow)
  }

  test("a placeholder keeps its name, and its consumers get a checked cast") {
    val stated = graph(
      node("x", "Placeholder", DT_INT8),
      node("y", "Neg", DT_INT8, "x"),
      node("z", "Neg", DT_INT8, "x:0", "^x")
    )("x" -> info("x:0", DT_INT8))("y" -> info("y:0", DT_INT8))
    val wide = WideTensors.of(stated, Set("s"))
    val made = nodes(wide)
    val signature = wide.getSignatureDefOrThrow("s")
    assert(signature.getInputsOrThrow("x") == info("x:0", DT_INT32))
    assert(made("x").getAttrOrThrow("dtype").getType == DT_INT32)
    val cast = made(made("y").getInput(0))
    assert(cast.getOp == "Cast" && cast.getAttrOrThrow("DstT").getType == DT_INT8)
    assert(made(cast.getInput(1).stripPrefix("^")).getOp == "Assert")
    assert(made("z").getInputList.asScala == Seq(cast.getName, "^x"))
    val output = signature.getOutputsOrThrow("y")
    assert(output.getDtype == DT_INT32)
    assert(made(output.getName.stripSuffix(":0")).getInput(0) == "y")
  }

  test("any other fed tensor has itself as a default") {
    val stated = graph(
      node("x", "Split", DT_HALF),
      node("y", "Neg", DT_HALF, "x:1"),
      node("z", "Neg", DT_HALF, "x")
    )("x" -> info("x:1", DT_HALF))("x" -> info("x:1", DT_HALF), "z" -> info("z:0", DT_HALF))
    val wide = WideTensors.of(stated, Set("s"))
    val made = nodes(wide)
    val fed = wide.getSignatureDefOrThrow("s").getInputsOrThrow("x").getName.stripSuffix(":0")
    assert(made(fed).getOp == "PlaceholderWithDefault")
    assert(made(made(fed).getInput(0)).getInput(0) == "x:1")
    assert(made("z").getInput(0) == "x")
    // A tensor that is both fed and fetched is fetched as the model computes it.
    val back = wide.getSignatureDefOrThrow("s").getOutputsOrThrow("x").getName.stripSuffix(":0")
    assert(made(back).getInput(0) == made("y").getInput(0))
  }

  test("an output of uint64 is checked") {
    val stated = graph(node("y", "Neg", DT_UINT64))()("y" -> info("y:0", DT_UINT64))
    val wide = WideTensors.of(stated, Set("s"))
    val output = wide.getSignatureDefOrThrow("s").getOutputsOrThrow("y")
    assert(output.getDtype == DT_INT64)
    assert(nodes(wide).values.exists(_.getOp == "Assert"))
  }

  test("a tensor that the graph lacks is left to other checks") {
    val stated = graph()("x" -> info("x:0", DT_INT8))("y" -> info("y:0", DT_INT8))
    val signature = WideTensors.of(stated, Set("s")).getSignatureDefOrThrow("s")
    assert(signature == stated.getSignatureDefOrThrow("s"))
  }
}
