package tfpredict.savedmodel.adapt

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT64, DT_VARIANT}
import org.tensorflow.framework.{
  AttrValue,
  DataType,
  FunctionDef,
  GraphDef,
  NameAttrList,
  NodeDef,
  TensorShapeProto
}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.TinyModels._
import tfpredict.savedmodel.adapt.rules.Scope

class MisplacedSuite extends AnyFunSuite {

  private def reason(name: String, nodes: NodeDef*): Option[String] = {
    val graph = GraphDef.newBuilder()
    nodes.foreach(graph.addNode)
    new Misplaced(functions.get).reason(
      nodes.find(_.getName == name).get,
      Scope.of(graph.build())
    )
  }

  // A function that returns the elements of a dataset of these numbers.
  private val functions: Map[String, FunctionDef] = Map("f" -> {
    val function = FunctionDef.newBuilder()
    function.getSignatureBuilder.setName("f")
    function.addNodeDef(node("RangeDataset", "inner", "a", "b", "c")(types(DT_INT64)))
    function.addNodeDef(node("Identity", "same", "inner:handle:0")("T" -> kind(DT_VARIANT)))
    function.putRet("y", "same:output:0").build()
  })

  private def float(op: String, name: String, inputs: String*): NodeDef =
    node(op, name, inputs: _*)("T" -> kind(DT_FLOAT))

  // A loop of TensorFlow 1, inside another's body or not.
  private val loop = Seq(
    float("Enter", "enter", "x"),
    float("Merge", "merge", "enter", "next"),
    node("LoopCond", "condition", "goes_on")(),
    float("Switch", "switch", "merge", "condition"),
    float("Identity", "body", "switch:1"),
    float("NextIteration", "next", "body"),
    float("Exit", "exit", "switch")
  )

  test("a loop's parts may be in a loop") {
    for (part <- loop) assert(reason(part.getName, loop: _*).isEmpty, part.getName)
  }

  test("a loop's parts outside of a loop are refused") {
    val x = float("Identity", "x", "given")
    assert(reason("enter", x, loop.head).exists(_.startsWith("whose value nothing takes")))
    // A control input does not use the value.
    val waits = float("Identity", "z", "x", "^enter")
    assert(reason("enter", x, loop.head, waits).exists(_.startsWith("whose value nothing takes")))
    assert(reason("y", x, float("Exit", "y", "x")).exists(_.startsWith("outside of a loop")))
    // A node after a loop is outside it.
    val after = loop :+ float("Exit", "y", "exit")
    assert(reason("y", after: _*).exists(_.startsWith("outside of a loop")))
    assert(reason("y", x, float("NextIteration", "y", "x"), float("Identity", "z", "y")).nonEmpty)
    assert(reason("next", loop :+ float("Identity", "z", "next"): _*).nonEmpty)
  }

  test("a variable may be assigned another one's value, but not the other variable") {
    val nodes = Seq("v", "w").map(name => node("VariableV2", name)("dtype" -> kind(DT_FLOAT))) ++
      Seq(float("Identity", "read", "w"), float("Assign", "good", "v", "read"))
    assert(reason("good", nodes: _*).isEmpty)
    val bad = float("Assign", "bad", "v", "w")
    assert(reason("bad", nodes :+ bad: _*).exists(_.startsWith("whose value is a variable itself")))
  }

  private def types(dtypes: DataType*): (String, AttrValue) = {
    val list = AttrValue.ListValue.newBuilder()
    dtypes.foreach(dtype => list.addType(dtype))
    "output_types" -> AttrValue.newBuilder().setList(list).build()
  }

  private val range = node("RangeDataset", "range", "a", "b", "c")(types(DT_INT64))

  private def zip(dtypes: DataType*) =
    node("ZipDataset", "zip", "range", "range")(
      types(dtypes: _*),
      "N" -> AttrValue.newBuilder().setI(2).build()
    )

  test("a dataset's elements match its attributes") {
    assert(reason("range", range).isEmpty)
    assert(reason("zip", range, zip(DT_INT64, DT_INT64)).isEmpty)
    assert(reason("zip", range, zip(DT_INT64)).exists(_.contains("elements are not known")))
    def single(dtypes: DataType*) =
      node("DatasetToSingleElement", "y", "range")(types(dtypes: _*))
    assert(reason("y", range, single(DT_INT64)).isEmpty)
    assert(reason("y", range, single(DT_INT64, DT_INT64)).nonEmpty)
    assert(reason("y", single(DT_INT64)).nonEmpty)
  }

  test("a dataset has a shape for each of its dtypes") {
    val shapes = AttrValue.ListValue.newBuilder().addShape(TensorShapeProto.getDefaultInstance)
    val one = "output_shapes" -> AttrValue.newBuilder().setList(shapes).build()
    def optional(dtypes: DataType*) = node("OptionalGetValue", "y", "x")(types(dtypes: _*), one)
    assert(reason("y", optional(DT_INT64)).isEmpty)
    assert(reason("y", optional(DT_INT64, DT_INT64)).exists(_.contains("not as many")))
  }

  test("datasets of datasets have the elements of their function's datasets") {
    def flat(name: String, dtypes: DataType*) = node("FlatMapDataset", "flat", "range")(
      types(dtypes: _*),
      "f" -> AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build()
    )
    assert(reason("flat", range, flat("f", DT_INT64)).isEmpty)
    assert(reason("flat", range, flat("f", DT_FLOAT)).nonEmpty)
    assert(reason("flat", range, flat("g", DT_INT64)).nonEmpty)
    assert(reason("flat", flat("f", DT_INT64)).nonEmpty)
  }

  test("an iterator's ops get an iterator and a dataset, with matching dtypes") {
    val iterator = node("AnonymousIteratorV2", "iterator")(types(DT_INT64))
    val make = node("MakeIterator", "make", "range", "iterator")()
    assert(reason("make", range, iterator, make).isEmpty)
    assert(reason("make", range, make).nonEmpty)
    assert(reason("make", iterator, make).nonEmpty)
    val next = node("IteratorGetNext", "next", "iterator")(types(DT_INT64))
    assert(reason("next", iterator, next).isEmpty)
    val two = node("IteratorGetNext", "next", "iterator")(types(DT_INT64, DT_INT64))
    assert(reason("next", iterator, two).nonEmpty)
  }
}
