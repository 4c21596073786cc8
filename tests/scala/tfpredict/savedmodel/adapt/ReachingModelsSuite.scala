package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{
  AttrValue,
  CollectionDef,
  DataType,
  FunctionDef,
  MetaGraphDef,
  NameAttrList,
  NodeDef,
  OpDef,
  SignatureDef,
  TensorInfo
}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.{ModelSpec, UnsupportedModelException}

/** Models with a forbidden op, in each place that it can have. */
class ReachingModelsSuite extends AnyFunSuite {
  private val signature = "serving_default"

  private def node(name: String, op: String, inputs: String*): NodeDef.Builder =
    NodeDef.newBuilder().setName(name).setOp(op).addAllInput(inputs.asJava)

  private def text(value: String): AttrValue =
    AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build()

  private val float = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build()

  /** A model that returns its input, and has a control input from a node. */
  private def model(waitsFor: NodeDef.Builder): MetaGraphDef.Builder = {
    val tensor = TensorInfo.newBuilder().setDtype(DataType.DT_FLOAT)
    val graph = MetaGraphDef
      .newBuilder()
      .putSignatureDef(
        signature,
        SignatureDef
          .newBuilder()
          .putInputs("x", tensor.setName("x:0").build())
          .putOutputs("y", tensor.setName("y:0").build())
          .build()
      )
    graph.getGraphDefBuilder
      .addNode(node("x", "Placeholder").putAttr("dtype", float))
      .addNode(node("y", "Identity", "x", s"^${waitsFor.getName}").putAttr("T", float))
      .addNode(waitsFor)
    graph
  }

  private def function(name: String, body: NodeDef.Builder): FunctionDef =
    FunctionDef
      .newBuilder()
      .setSignature(OpDef.newBuilder().setName(name))
      .addNodeDef(body)
      .putControlRet("effect", body.getName)
      .build()

  private def refusals(graph: MetaGraphDef.Builder, allowed: String*): Seq[String] =
    new GraphInspector(graph.build(), allowed.toSet).refusals(signature)

  private val refused: Seq[(String, String)] =
    catalog.classes.all.toSeq.flatMap { case (op, found) => found.does.map(op -> _) }.sorted

  test("every op outside the allowed classes is refused by name, with its effect") {
    assert(refused.size > 150)
    for ((op, does) <- refused) {
      val found = refusals(model(node("layer/bad", op)))
      assert(
        found.exists(_.startsWith(s"op $op, which $does, at node layer/bad, of layer layer")),
        s"$op: $found"
      )
      assert(!refusals(model(node("layer/bad", op)), op).exists(_.contains(does)), op)
    }
  }

  test("it is refused in functions: called, or named by an attribute, a list or a dataset") {
    def called(attribute: String, value: AttrValue.Builder) =
      node(
        "layer/call",
        attribute match {
          case "f" => "MapDataset"
          case "branches" => "Case"
          case other => other
        }
      ).putAttr(attribute, value.build())
    val name = NameAttrList.newBuilder().setName("body")
    val within = NameAttrList
      .newBuilder()
      .setName("other")
      .putAttr("g", AttrValue.newBuilder().setFunc(name).build())
    val list = AttrValue.ListValue.newBuilder()
    val calls = Seq(
      node("layer/call", "body"),
      called("f", AttrValue.newBuilder().setFunc(name)),
      called("f", AttrValue.newBuilder().setFunc(within)),
      called("branches", AttrValue.newBuilder().setList(list.clone().addFunc(name))),
      called("branches", AttrValue.newBuilder().setList(list.clone().addFunc(within)))
    )
    for (call <- calls) {
      val graph = model(call)
      graph.getGraphDefBuilder.getLibraryBuilder
        .addFunction(function("body", node("inner", "WriteFile")))
        .addFunction(function("other", node("nothing", "NoOp")))
      assert(
        refusals(graph).exists(
          _.startsWith(
            "op WriteFile, which writes a file that its input names, at node inner in function body"
          )
        ),
        call
      )
    }
  }

  test("it is refused in the ops that run at loading") {
    val words = Seq("saved_model_main_op", "legacy_init_op")
    for (key <- words) {
      val graph = model(node("other", "NoOp"))
      graph.getGraphDefBuilder.addNode(node("init/bad", "DatasetFromGraph"))
      val names = CollectionDef.NodeList.newBuilder().addValue("init/bad")
      graph.putCollectionDef(key, CollectionDef.newBuilder().setNodeList(names).build())
      assert(refusals(graph).exists(_.startsWith("op DatasetFromGraph, which runs a graph")), key)
    }
    val graph = model(node("other", "NoOp"))
    graph.getGraphDefBuilder.addNode(node("restore/bad", "ReadFile"))
    graph.getSaverDefBuilder.setRestoreOpName("restore/bad")
    assert(refusals(graph).exists(_.startsWith("op ReadFile, which reads the file")))
  }

  test("an attribute's value is refused if it names a file") {
    val print = node("print", "PrintV2").putAttr("output_stream", text("file:///tmp/printed"))
    assert(refusals(model(print)).exists(
      _.startsWith(
        "op PrintV2, which with output_stream=file:///tmp/printed writes a file, at node"
      )
    ))
    val log = node("print", "PrintV2").putAttr("output_stream", text("log(info)"))
    assert(!refusals(model(log)).exists(_.contains("output_stream")))
  }

  test("a function with an op's name is refused, since a call could mean either") {
    val graph = model(node("layer/bad", "ReadFile"))
    graph.getGraphDefBuilder.getLibraryBuilder
      .addFunction(function("ReadFile", node("nothing", "NoOp")))
    assert(refusals(graph).exists(
      _.startsWith("op ReadFile, whose name a function of the model has too, at node layer/bad")
    ))
  }

  test("the error has the op, its place, and the setting that allows it") {
    val refused = intercept[UnsupportedModelException] {
      Adapter.adapt(
        ModelSpec("/models/m", signature = signature),
        model(node("layer/bad", "DebugIdentity")).build()
      )
    }
    assert(refused.found.startsWith("op DebugIdentity, which sends a tensor to a debugger: "))
    assert(refused.fix ==
      "If you trust the model, allow them by name in spark.tfpredict.ops.allowed.")
  }

  test("attributes by which the runtime would place memory are removed") {
    val numbers = AttrValue
      .newBuilder()
      .setList(AttrValue.ListValue.newBuilder().addI(0).addI(7))
      .build()
    val hinted = node("other", "NoOp")
      .putAttr("_scoped_allocator", numbers)
      .putAttr("_forward_input", numbers)
      .putAttr("_hint", text("kept"))
    val adapted =
      Adapter.adapt(ModelSpec("/models/m", signature = signature), model(hinted).build())
    val left = adapted.getMetaGraphs(0).getGraphDef.getNodeList.asScala.find(_.getName == "other")
    assert(left.get.getAttrMap.keySet.asScala == Set("_hint"))
  }
}
