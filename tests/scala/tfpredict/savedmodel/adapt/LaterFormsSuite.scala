package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.GraphModel.node
import tfpredict.RuntimeCatalog.catalog

class LaterFormsSuite extends AnyFunSuite {
  private val list = AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance).build()

  private def later(op: String, inputs: String*): NodeDef =
    node(op, "n", inputs: _*)(
      Seq("output_types", "output_shapes", "Targuments", "metadata", "deterministic")
        .map(_ -> list): _*
    )

  /** The converted node, in the graph and in a function. */
  private def both(stated: NodeDef): Seq[Seq[NodeDef]] = {
    val function = FunctionDef.newBuilder().addNodeDef(stated)
    function.getSignatureBuilder.setName("f")
    val graph = MetaGraphDef.newBuilder()
    graph.getGraphDefBuilder.addNode(stated).getLibraryBuilder.addFunction(function)
    val found = LaterForms.translated(graph.build()).getGraphDef
    Seq(found.getNodeList, found.getLibrary.getFunction(0).getNodeDefList).map(_.asScala.toSeq)
  }

  private def translated(stated: NodeDef): Seq[Seq[NodeDef]] = {
    val all = both(stated)
    for (made <- all.flatten) {
      val names = made.getAttrMap.keySet.asScala
      assert(names.forall(catalog.ops.hasAttribute(made.getOp, _)), made)
      assert(MissingKernels.of(made).isEmpty, made)
    }
    assert(all.forall(_.last.getName == "n"))
    all
  }

  test("a parallel map keeps its order, and counts calls in int32") {
    for (nodes <- translated(later("ParallelMapDatasetV2", "data", "taken", "calls"))) {
      assert(nodes.map(_.getOp) == Seq("Cast", "ParallelMapDataset"))
      assert(nodes.last.getInputList.asScala.take(2) == Seq("data", "taken"))
      assert(nodes.last.getInput(2).startsWith(nodes.head.getName))
      assert(!nodes.last.getAttrOrThrow("sloppy").getB)
    }
  }

  test("a parallel batch is a batch") {
    for (nodes <- translated(later("ParallelBatchDataset", "data", "size", "calls", "rest"))) {
      assert(nodes.map(_.getOp) == Seq("BatchDatasetV2"))
      assert(nodes.head.getInputList.asScala == Seq("data", "size", "rest"))
    }
  }

  test("options are left out, and all elements are taken") {
    for (nodes <- translated(later("OptionsDataset", "data", "^waits"))) {
      assert(nodes.map(_.getOp) == Seq("Const", "TakeDataset"))
      assert(nodes.head.getAttrOrThrow("value").getTensor.getInt64Val(0) == -1)
      assert(nodes.last.getInputList.asScala.last == "^waits")
    }
  }

  test("nodes that lack an input, and all others, stay unchanged") {
    for (
      stated <- Seq(
        later("OptionsDataset"),
        later("ParallelBatchDataset", "data", "size"),
        later("MapDataset", "data")
      )
    ) assert(both(stated).flatten == Seq(stated, stated))
  }
}
