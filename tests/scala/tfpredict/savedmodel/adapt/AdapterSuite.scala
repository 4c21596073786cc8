package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, DataType, MetaGraphDef, NodeDef, OpDef, OpList}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelSpec, TestModels, UnsupportedModelException}

class AdapterSuite extends AnyFunSuite {

  private def read(name: String): (ModelSpec, MetaGraphDef) = {
    val spec = TestModels.spec(name)
    (spec, PreparedGraph.read(spec, TestModels.made.resolve(s"$name/1")))
  }

  private def adapt(spec: ModelSpec, graph: MetaGraphDef): MetaGraphDef =
    Adapter.adapt(spec, graph).getMetaGraphs(0)

  private def nodes(graph: MetaGraphDef): Seq[NodeDef] =
    graph.getGraphDef.getNodeList.asScala.toSeq ++
      graph.getGraphDef.getLibrary.getFunctionList.asScala.flatMap(_.getNodeDefList.asScala)

  /** Nodes by function and name, since names are unique only within the graph or a function. */
  private def placed(graph: MetaGraphDef): Map[(String, String), NodeDef] = {
    val inGraph = graph.getGraphDef.getNodeList.asScala.map(node => ("", node.getName) -> node)
    val inFunctions = for {
      function <- graph.getGraphDef.getLibrary.getFunctionList.asScala
      node <- function.getNodeDefList.asScala
    } yield (function.getSignature.getName, node.getName) -> node
    (inGraph ++ inFunctions).toMap
  }

  private def edit(graph: MetaGraphDef)(change: PartialFunction[NodeDef, NodeDef]): MetaGraphDef = {
    val builder = graph.toBuilder
    val definition = builder.getGraphDefBuilder
    for (index <- 0 until definition.getNodeCount)
      definition.setNode(index, change.applyOrElse(definition.getNode(index), identity[NodeDef]))
    val library = definition.getLibraryBuilder
    for (
      f <- 0 until library.getFunctionCount; n <- 0 until library.getFunction(f).getNodeDefCount
    ) {
      val function = library.getFunctionBuilder(f)
      function.setNodeDef(n, change.applyOrElse(function.getNodeDef(n), identity[NodeDef]))
    }
    builder.build()
  }

  private def withAttribute(node: NodeDef, name: String, value: AttrValue): NodeDef =
    node.toBuilder.putAttr(name, value).build()

  private val yes = AttrValue.newBuilder().setB(true).build()
  private val no = AttrValue.newBuilder().setB(false).build()

  test("the save function is left out, and serving and restoring nodes stay") {
    val (spec, graph) = read("linear")
    val before = nodes(graph).map(_.getOp).toSet
    val after = nodes(adapt(spec, graph)).map(_.getOp).toSet
    assert(Set("SaveV2", "DisableCopyOnRead").subsetOf(before))
    assert(Set("SaveV2", "DisableCopyOnRead", "MergeV2Checkpoints").intersect(after).isEmpty)
    assert(Set("MatMul", "RestoreV2", "VarHandleOp", "AssignVariableOp").subsetOf(after))
  }

  test("every input of a kept node is kept") {
    for (name <- Seq("linear", "images", "lstm", "scores", "newer", "keras_export")) {
      val (spec, graph) = read(name)
      val adapted =
        adapt(spec.copy(signature = if (name == "newer") "plain" else spec.signature), graph)
      val kept = adapted.getGraphDef.getNodeList.asScala.map(_.getName).toSet
      val inputs = adapted.getGraphDef.getNodeList.asScala.flatMap(_.getInputList.asScala)
      assert(inputs.forall(input => kept(input.stripPrefix("^").takeWhile(_ != ':'))), name)
      val functions =
        adapted.getGraphDef.getLibrary.getFunctionList.asScala.map(_.getSignature.getName).toSet
      val called =
        nodes(adapted).flatMap(_.getAttrMap.values.asScala).filter(_.hasFunc).map(_.getFunc.getName)
      assert(called.forall(functions), name)
    }
  }

  test("only debug_name is dropped from variables") {
    val (spec, graph) = read("linear")
    assert(nodes(graph).exists(_.containsAttr("debug_name")))
    val before = placed(graph)
    for ((place, after) <- placed(adapt(spec, graph))) {
      val dropped =
        before(place).getAttrMap.keySet.asScala -- after.getAttrMap.keySet.asScala - "_class"
      assert(
        if (after.getOp == "VarHandleOp") dropped == Set("debug_name") else dropped.isEmpty,
        place
      )
    }
  }

  test("an unknown attribute at the exporter's own default is dropped, another value is refused") {
    val (spec, graph) = read("linear")
    val definition = OpDef.newBuilder().setName("MatMul")
    definition.addAttrBuilder().setName("newer").setType("bool").setDefaultValue(no)
    val withDefault = graph.toBuilder
    withDefault.getMetaInfoDefBuilder.setStrippedOpList(OpList.newBuilder().addOp(definition))

    val atDefault = edit(withDefault.build()) {
      case node if node.getOp == "MatMul" => withAttribute(node, "newer", no)
    }
    assert(nodes(adapt(spec, atDefault)).forall(!_.containsAttr("newer")))

    val other = edit(withDefault.build()) {
      case node if node.getOp == "MatMul" => withAttribute(node, "newer", yes)
    }
    val message = intercept[UnsupportedModelException](adapt(spec, other)).getMessage
    assert(message.contains("attribute newer of op MatMul at node"))
    assert(message.contains("in function __inference_"))

    // Without the exporter's op list nothing says that false is the default.
    val unknown = edit(
      graph.toBuilder.setMetaInfoDef(graph.getMetaInfoDef.toBuilder.clearStrippedOpList()).build()
    ) {
      case node if node.getOp == "MatMul" => withAttribute(node, "newer", no)
    }
    intercept[UnsupportedModelException](adapt(spec, unknown))
  }

  test("hints, whose names begin with an underscore, are not attributes") {
    val (spec, graph) = read("linear")
    val hinted =
      edit(graph) { case node if node.getOp == "MatMul" => withAttribute(node, "_hint", yes) }
    assert(nodes(adapt(spec, hinted)).exists(_.containsAttr("_hint")))
  }

  test("a dtype that the runtime's op does not take is refused, also for an op with a rule") {
    val quantized = AttrValue.newBuilder().setType(DataType.DT_QINT8).build()
    val (spec, graph) = read("linear")
    val odd =
      edit(graph) { case node if node.getOp == "MatMul" => withAttribute(node, "T", quantized) }
    val message = intercept[UnsupportedModelException](adapt(spec, odd)).getMessage
    assert(message.contains("Found: op MatMul with T=qint8 (allowed: bfloat16, half, float, "))
    assert(message.contains(" at node ") && message.contains("in function __inference_"))

    val (products, third) = read("rules/batch_matmul")
    val ofThird = edit(third) {
      case node if node.getOp == "BatchMatMulV3" =>
        Seq("Ta", "Tb", "Tout").foldLeft(node)(withAttribute(_, _, quantized))
    }
    val replaced = intercept[UnsupportedModelException](
      adapt(products.copy(signature = "floats"), ofThird)
    )
    assert(replaced.getMessage.contains("Found: op BatchMatMulV2 with T=qint8 (allowed: "))
  }

  test("no node is colocated with another one, which may be left out") {
    val (spec, graph) = read("rules/gradients_in_graph")
    assert(nodes(graph).exists(_.containsAttr("_class")))
    assert(nodes(adapt(spec.copy(signature = "matrix"), graph)).forall(!_.containsAttr("_class")))
  }

  test("an op that the runtime lacks is refused by op, node and function") {
    val (spec, graph) = read("newer")
    val message = intercept[UnsupportedModelException](adapt(spec, graph)).getMessage
    assert(message.contains(
      "Found: op Spence at node Spence in function __inference_newer_"
    ))
    assert(message.contains("model") && message.contains("signature serving_default"))
  }

  test("a signature that can run is kept, and one that cannot is left out") {
    val (spec, graph) = read("newer")
    val adapted = adapt(spec.copy(signature = "plain"), graph)
    assert(SavedModelFile.signatureDefs(adapted).keySet == Set("plain"))
    assert(!nodes(adapted).exists(_.getOp == "Spence"))
  }

  test("all signatures that can run stay, so that they share one copy of the variables") {
    val (spec, graph) = read("keras_export")
    assert(SavedModelFile.signatureDefs(adapt(spec, graph)).keySet == Set(
      "serve",
      "serving_default"
    ))
  }

  test("of many obstacles only some are listed, with their number") {
    val (spec, graph) = read("lstm")
    val odd = edit(graph) {
      case node if node.getOp == "Const" || node.getOp == "Identity" =>
        node.toBuilder.setOp("Odd").build()
    }
    val message = intercept[UnsupportedModelException](adapt(spec, odd)).getMessage
    assert("""; and \d+ more""".r.findFirstIn(message).isDefined)
  }
}
