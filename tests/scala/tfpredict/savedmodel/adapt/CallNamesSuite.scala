package tfpredict.savedmodel.adapt

import java.nio.file.Paths

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog
import tfpredict.{GraphModel, ModelSpec, SparkSuite, Tfpredict}

class CallNamesSuite extends SparkSuite {
  private val types = {
    val list = AttrValue.newBuilder()
    list.getListBuilder.addType(DataType.DT_FLOAT)
    list.build()
  }

  private def call(name: String, of: String, inputs: String*): NodeDef = {
    val function = AttrValue.newBuilder()
    function.getFuncBuilder.setName(of)
    node("PartitionedCall", name, inputs: _*)(
      "Tin" -> types,
      "Tout" -> types,
      "f" -> function.build()
    )
  }

  private def function(name: String, result: String)(nodes: NodeDef*): FunctionDef = {
    val body = FunctionDef.newBuilder().addAllNodeDef(nodes.asJava).putRet("b", result)
    val definition = body.getSignatureBuilder.setName(name)
    definition.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
    definition.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
    body.build()
  }

  // The graph's call and the function's call each have a sibling node whose name starts with
  // theirs. The function's nodes have the same names.
  private val inner = function("inner", "rest:z:0")(both("Mul", "rest", "a", "a"))
  private val outer = function("outer", "net/rest:z:0")(
    call("net", "inner", "a"),
    both("AddV2", "net/rest", "net:output:0", "a")
  )

  private def model(names: String*): ModelSpec = {
    val Seq(first, second) = names
    GraphModel.write(
      Seq(call(first, "outer", "x"), both("Sub", second, first, "x")),
      Map("y" -> s"$second:0"),
      Seq(inner, outer)
    )
  }

  test("a call beside nodes whose names begin with its own runs") {
    Tfpredict.register(spark, model("top", "top/net/rest"), "beside")
    val found = spark.sql("SELECT beside(v) FROM VALUES (3f), (-2f) AS t(v)").collect()
    assert(found.map(_.getFloat(0)).toSeq == Seq(9f, 4f))
  }

  test("a graph whose calls have unique names stays unchanged") {
    val spec = GraphModel.write(
      Seq(call("one", "inner", "x"), both("Sub", "y", "one", "x")),
      Map("y" -> "y:0"),
      Seq(inner)
    )
    val graph = PreparedGraph.read(spec, Paths.get(spec.path))
    assert(CallNames.apart(graph) == graph)
  }
}
