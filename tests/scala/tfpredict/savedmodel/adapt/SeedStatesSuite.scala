package tfpredict.savedmodel.adapt

import java.nio.file.Paths
import java.util.UUID

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog
import tfpredict.model.ModelDescription
import tfpredict.{GraphModel, ModelSpec, SparkSuite, Tfpredict, UnsupportedModelException}

class SeedStatesSuite extends SparkSuite {
  private val floats = kind(DataType.DT_FLOAT)
  private val ints = kind(DataType.DT_INT32)

  private val state: NodeDef = {
    val shape = AttrValue.newBuilder()
    shape.getShapeBuilder.addDimBuilder().setSize(2)
    node("VarHandleOp", "seeds")(
      "dtype" -> ints,
      "shape" -> shape.build(),
      "shared_name" -> text("seeds")
    )
  }

  // As in a seed generator of Keras: the state is the seed, and each run advances it.
  private val advanced = Seq(
    state,
    node("ReadVariableOp", "seed", "seeds")("dtype" -> ints),
    numbers("step", 0, 1),
    node("AddV2", "next", "seed", "step")("T" -> ints),
    node("AssignVariableOp", "advance", "seeds", "next")("dtype" -> ints)
  )

  private def drawn(waits: Seq[String] = Seq("^advance")): Seq[NodeDef] = Seq(
    node("Shape", "shape", "x" +: waits: _*)("T" -> floats, "out_type" -> ints),
    node("StatelessRandomUniform", "noise", "shape", "seed")(
      "dtype" -> floats,
      "T" -> ints,
      "Tseed" -> ints
    ),
    both("AddV2", "y", "x", "noise")
  )

  private def numbersOf(spec: ModelSpec, rows: Int): Seq[Float] = {
    val name = s"seeded_${UUID.randomUUID.toString.take(8)}"
    Tfpredict.register(spark, spec, name)
    spark.sql(
      s"SELECT $name(CAST(0 AS FLOAT)) FROM range($rows)"
    ).collect().map(_.getFloat(0)).toSeq
  }

  test("a seed that a run advances is drawn by the runtime, and inspect reports random") {
    val spec = GraphModel.write(advanced ++ drawn(), Map("y" -> "y:0"))
    val signature = Tfpredict.inspect(spec).signatures.head
    assert(signature.refusals.isEmpty && signature.random)
    val found = Seq.fill(2)(numbersOf(spec, 2000))
    assert(found.forall(_.forall(number => number >= 0 && number < 1)))
    assert(found.forall(numbers => math.abs(numbers.sum / numbers.size - 0.5) < 0.05))
    assert(found.head != found.last)
  }

  test("two draws with one seed give the same numbers in a run") {
    val twice = drawn() ++ Seq(
      node("StatelessRandomUniform", "again", "shape", "seed")(
        "dtype" -> floats,
        "T" -> ints,
        "Tseed" -> ints
      ),
      both("Sub", "z", "noise", "again")
    )
    val spec = GraphModel.write(advanced ++ twice, Map("z" -> "z:0"))
    assert(numbersOf(spec, 50).forall(_ == 0f))
  }

  private def refused(nodes: Seq[NodeDef], output: String): String =
    intercept[UnsupportedModelException](
      ModelDescription.of(GraphModel.write(nodes, Map(output -> s"$output:0")))
    ).found

  test("a state that an output returns too is no seed") {
    val shown = Seq(
      numbers("axes", 0),
      node("Max", "most", "seed", "axes")("T" -> ints, "Tidx" -> ints),
      node("Cast", "shown", "most")("SrcT" -> ints, "DstT" -> floats),
      both("AddV2", "z", "y", "shown")
    )
    assert(refused(advanced ++ drawn() ++ shown, "z").contains("AssignVariableOp, which writes"))
  }

  test("a state that an assertion reads too is no seed") {
    val judged = Seq(
      numbers("axes", 0),
      node("Max", "most", "seed", "axes")("T" -> ints, "Tidx" -> ints),
      numbers("bound", 100),
      node("Less", "small", "most", "bound")("T" -> ints),
      node("All", "fine", "small", "axes")("Tidx" -> ints),
      node("Assert", "check", "fine", "x")("T" -> {
        val types = AttrValue.newBuilder()
        types.getListBuilder.addType(DataType.DT_FLOAT)
        types.build()
      })
    )
    val waiting = drawn().init :+ both("AddV2", "y", "x", "noise", "^check")
    assert(refused(advanced ++ judged ++ waiting, "y").contains("AssignVariableOp, which writes"))
  }

  test("a seed that nothing advances stays the model's own") {
    val nodes = Seq(advanced(0), advanced(1)) ++ drawn(waits = Nil)
    val spec = GraphModel.write(nodes, Map("y" -> "y:0"))
    val graph = PreparedGraph.read(spec, Paths.get(spec.path))
    assert(SeedStates.redrawn(graph) == graph)
    assert(graph.getGraphDef.getNodeList.asScala.exists(_.getOp == "ReadVariableOp"))
  }
}
