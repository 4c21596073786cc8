package tfpredict.savedmodel.adapt

import java.nio.FloatBuffer

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework._
import org.tensorflow.{Graph, Session, Tensor}

import tfpredict.GraphModel._
import tfpredict.model.ModelDescription
import tfpredict.{GraphModel, UnsupportedModelException}

/** A graph is refused exactly if a second run in the runtime would see the first one's writes. */
class InplaceWritesSuite extends AnyFunSuite {
  private val float = kind(DataType.DT_FLOAT)
  private val int = kind(DataType.DT_INT32)
  private val T = "T" -> float

  private def tensor(proto: TensorProto.Builder, dims: Seq[Int]): AttrValue = {
    proto.getTensorShapeBuilder
    dims.foreach(dim => proto.getTensorShapeBuilder.addDimBuilder().setSize(dim.toLong))
    AttrValue.newBuilder().setTensor(proto).build()
  }

  private def floats(name: String, dims: Int*): NodeDef = {
    val zeros = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(0f)
    node("Const", name)("dtype" -> float, "value" -> tensor(zeros, dims))
  }

  private def ints(name: String, values: Int*): NodeDef = {
    val proto = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
    values.foreach(value => proto.addIntVal(value))
    node("Const", name)("dtype" -> int, "value" -> tensor(proto, Seq(values.size)))
  }

  private def shape(dims: Long*): AttrValue = {
    val value = AttrValue.newBuilder()
    value.getShapeBuilder
    dims.foreach(dim => value.getShapeBuilder.addDimBuilder().setSize(dim))
    value.build()
  }

  private def yes = AttrValue.newBuilder().setB(true).build()

  private val variable = Seq(
    node("VarHandleOp", "handle")("dtype" -> float, "shape" -> shape(1, 1)),
    node("AssignVariableOp", "init", "handle", "constant")("dtype" -> float)
  )

  private val shared = Seq(
    floats("constant", 1, 1),
    floats("zero"),
    ints("first", 0),
    ints("square", 1, 1),
    node("Reshape", "row", "x", "square")(T, "Tshape" -> int)
  ) ++ variable

  private def fill(name: String, dims: String) =
    node("Fill", name, dims, "zero")(T, "index_type" -> int)

  private def add(to: String) = both("InplaceSub", "y", to, "first", "row")

  /** The results of two runs in one session. Each subtracts one from a zero. */
  private def twice(nodes: Seq[NodeDef], functions: Seq[FunctionDef]): Seq[Float] = {
    val definition = GraphDef.newBuilder().addNode(placeholder("x")).addAllNode(nodes.asJava)
    definition.getVersionsBuilder.setProducer(134)
    definition.getLibraryBuilder.addAllFunction(functions.asJava)
    val graph = new Graph
    try {
      graph.importGraphDef(definition.build().toByteArray)
      val session = new Session(graph)
      try {
        session.runner().addTarget("init").run()
        Seq.fill(2) {
          val one = Tensor.create(Array(1L), FloatBuffer.wrap(Array(1f)))
          try {
            val result = session.runner().feed("x", one).fetch("y").run().get(0)
            try {
              val found = FloatBuffer.allocate(result.numElements)
              result.writeTo(found)
              found.get(0)
            } finally result.close()
          } finally one.close()
        }
      } finally session.close()
    } finally graph.close()
  }

  private val body: FunctionDef = {
    val function = FunctionDef.newBuilder()
    val definition = function.getSignatureBuilder.setName("adding")
    for (name <- Seq("to", "row"))
      definition.addInputArgBuilder().setName(name).setType(DataType.DT_FLOAT)
    definition.addOutputArgBuilder().setName("sum").setType(DataType.DT_FLOAT)
    function.addNodeDef(ints("first", 0))
    function.addNodeDef(both("InplaceSub", "added", "to", "first:output:0", "row"))
    function.putRet("sum", "added:y:0").build()
  }

  private def call(to: String): NodeDef = node("adding", "y", to, "row")()

  for (
    (what, nodes) <- Seq(
      "a constant" -> Seq(add("constant")),
      "a constant under other names" -> Seq(
        node("Identity", "same", "constant")(T),
        node("Reshape", "again", "same", "square")(T, "Tshape" -> int),
        add("again")
      ),
      "what the runtime makes a constant" -> Seq(fill("zeros", "square"), add("zeros")),
      "a variable" -> Seq(node("ReadVariableOp", "read", "handle")("dtype" -> float), add("read")),
      "a constant that a function is given" -> Seq(call("constant")),
      "zeros of a shape that is known" -> Seq(
        node("Shape", "shape", "row")(T, "out_type" -> int),
        fill("zeros", "shape"),
        add("zeros")
      ),
      "zeros like what has a shape that is known" -> Seq(
        node("ZerosLike", "zeros", "row")(T),
        add("zeros")
      ),
      "zeros as many as there are rows" -> Seq(
        node("Shape", "shape", "x")(T, "out_type" -> int),
        fill("zeros", "shape"),
        both("InplaceSub", "y", "zeros", "first", "x")
      ),
      "zeros like the rows" -> Seq(
        node("ZerosLike", "zeros", "x")(T),
        both("InplaceSub", "y", "zeros", "first", "x")
      ),
      "a copy" -> Seq(node("DeepCopy", "copy", "constant")(T), add("copy")),
      "an empty tensor" -> Seq(
        node("Empty", "empty", "square")("dtype" -> float, "init" -> yes),
        add("empty")
      ),
      "a sum with the rows" -> Seq(
        both("Sub", "none", "row", "row"),
        both("AddV2", "sum", "none", "constant"),
        add("sum")
      ),
      "rows that a function is given" -> Seq(both("Sub", "none", "row", "row"), call("none"))
    )
  ) test(s"InplaceSub to $what") {
    val functions = if (nodes.last.getOp == "adding") Seq(body) else Nil
    val runs = twice(shared ++ nodes, functions)
    assert(runs.head == -1f)
    val spec = GraphModel.write(shared ++ nodes, Map("y" -> "y:0"), functions)
    if (runs(1) == -1f) assert(ModelDescription.of(spec).signature.outputs.size == 1)
    else {
      val refused = intercept[UnsupportedModelException](ModelDescription.of(spec))
      assert(runs(1) == -2f && refused.found.startsWith(
        "op InplaceSub, which writes into a constant or a variable, which the next run finds, at node"
      ))
      assert(refused.fix.contains("tf.tensor_scatter_nd_update"))
    }
  }
}
