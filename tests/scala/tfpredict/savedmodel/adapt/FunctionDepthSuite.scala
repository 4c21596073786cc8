package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef}

import tfpredict.GraphModel._
import tfpredict.engine.Engine
import tfpredict.model.{ModelDescription, ModelInspector, ModelLoader}
import tfpredict.savedmodel.store.ModelStore
import tfpredict.{GraphModel, ModelSpec, Settings, UnsupportedModelException}

class FunctionDepthSuite extends AnyFunSuite {

  private val floats = {
    val types = AttrValue.newBuilder()
    types.getListBuilder.addType(DataType.DT_FLOAT)
    types.build()
  }

  private def call(name: String, input: String, function: String): NodeDef = {
    val called = AttrValue.newBuilder()
    called.getFuncBuilder.setName(function)
    node("PartitionedCall", name, input)("Tin" -> floats, "Tout" -> floats, "f" -> called.build())
  }

  private def function(name: String, body: NodeDef, result: String): FunctionDef = {
    val built = FunctionDef.newBuilder()
    val signature = built.getSignatureBuilder.setName(name)
    signature.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
    signature.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
    built.addNodeDef(body).putRet("b", result).build()
  }

  private def model(functions: FunctionDef*): ModelSpec =
    GraphModel.write(Seq(call("y", "x", "f0")), Map("y" -> "y:0"), functions)

  private def chain(levels: Int): ModelSpec = {
    val last = both("AddV2", "c", "a", "a")
    model((0 until levels - 1).map { level =>
      function(s"f$level", call("c", "a", s"f${level + 1}"), "c:output:0")
    } :+ function(s"f${levels - 1}", last, "c:z:0"): _*)
  }

  private def refused(spec: ModelSpec): String = {
    val found = intercept[UnsupportedModelException](ModelDescription.of(spec)).found
    assert(intercept[UnsupportedModelException](ModelInspector.inspect(spec)).found == found)
    found
  }

  test("a function that calls itself, directly or not, is refused") {
    val itself = model(function("f0", call("c", "a", "f0"), "c:output:0"))
    assert(refused(itself) == "function f0, which calls itself, directly or through others")
    val byName = model(function("f0", node("f0", "c", "a")(), "c:b:0"))
    assert(refused(byName).startsWith("function f0, "))
    val each = model(
      function("f0", call("c", "a", "f1"), "c:output:0"),
      function("f1", call("c", "a", "f0"), "c:output:0")
    )
    assert(refused(each).startsWith("function f0, "))
  }

  test("a chain of functions has a limit, and runs far below it") {
    assert(refused(
      chain(FunctionDepth.Most + 1)
    ) == s"${FunctionDepth.Most + 1} levels below function f0")
    assert(refused(chain(20000)) == "20000 levels below function f0")
    val deep = chain(FunctionDepth.Most)
    val resolved = ModelStore.resolve(deep)
    val thread = new Thread(() =>
      new ModelLoader(Engine.installed).load(resolved, Settings.default).close()
    )
    thread.start()
    thread.join()
    assert(ModelDescription.of(deep).signature.outputs.size == 1)
  }

  test("a graph that functions make too large is refused") {
    def twice(levels: Int): ModelSpec =
      model((0 until levels).map { level =>
        val name = s"f$level"
        val called = s"f${level + 1}"
        val one = function(name, call("one", "a", called), "two:output:0")
        one.toBuilder.addNodeDef(call("two", "one:output:0", called)).build()
      } :+ function(s"f$levels", both("AddV2", "c", "a", "a"), "c:z:0"): _*)
    assert(ModelDescription.of(twice(10)).signature.outputs.size == 1)
    // As many additions as calls on the last level, twice as many calls on the levels above, and
    // `x`.
    assert(refused(twice(20)) == s"${3 * (1 << 20)} nodes")
    assert(refused(twice(127)) == s"${BigInt(3) << 127} nodes")
  }

  test("a long chain of nodes can be read") {
    val nodes = (1 to 50000).map { index =>
      val from = if (index == 1) "x" else s"n${index - 1}"
      node("Identity", s"n$index", from)("T" -> kind(DataType.DT_FLOAT))
    }
    val spec = GraphModel.write(nodes, Map("y" -> "n50000:0"))
    assert(ModelDescription.of(spec).signature.deterministic)
  }
}
