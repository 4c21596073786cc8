package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework._

import tfpredict.GraphModel.{kind, node, text}
import tfpredict.RuntimeCatalog.catalog

class NodeRewriterSuite extends AnyFunSuite {
  private val floats = kind(DataType.DT_FLOAT)

  private def placeholder(name: String, dims: Long*): NodeDef = {
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(size => shape.addDimBuilder().setSize(size))
    val shapes = AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder().addShape(shape))
    node("Placeholder", name)("dtype" -> floats, "_output_shapes" -> shapes.build())
  }

  // A GRU, whose rule adds the functions of a loop.
  private val recurrent = Seq(
    placeholder("x", -1, -1, 3),
    placeholder("h", 1, -1, 4),
    placeholder("c", 1, -1, 4),
    placeholder("params", -1),
    node("CudnnRNN", "y", "x", "h", "c", "params")("T" -> floats, "rnn_mode" -> text("gru"))
  )

  private def rewriter(functions: String*): NodeRewriter = {
    val graph = MetaGraphDef.newBuilder()
    recurrent.foreach(graph.getGraphDefBuilder.addNode(_))
    functions.foreach { name =>
      val function = FunctionDef.newBuilder()
      function.getSignatureBuilder.setName(name)
      graph.getGraphDefBuilder.getLibraryBuilder.addFunction(function)
    }
    NodeRewriter.of(graph.build(), new ServingGraph(graph.build()), Set.empty)
  }

  private val reach = Reach(recurrent.map(_.getName).toSet, Set.empty)

  test("functions that a rule adds are added to the graph") {
    assert(rewriter().obstacles(reach).isEmpty)
    val fetched = rewriter().added(reach).map(_.getSignature.getName)
    assert(fetched.contains("tfpredict_gru_step_DT_FLOAT") && fetched.size == 2)
  }

  test("a model's own function does not replace one that a rule adds") {
    val found = rewriter("tfpredict_gru_step_DT_FLOAT").obstacles(reach).map(_.found)
    assert(found == Seq(
      "a function called tfpredict_gru_step_DT_FLOAT, a name that the adapter needs,"
    ))
    assert(rewriter("another").obstacles(reach).isEmpty)
  }
}
