package tfpredict.savedmodel.adapt

import java.nio.file.Paths
import java.util.UUID

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef, TensorProto}

import tfpredict.GraphModel._
import tfpredict.RuntimeCatalog.catalog
import tfpredict.model.ModelDescription
import tfpredict.{GraphModel, ModelSpec, SparkSuite, Tfpredict}

/** Also has the cases of [[DecidedBranches]], which are branches by `Switch` and `Merge`. */
class ConstantConditionsSuite extends SparkSuite {
  private val floats = kind(DataType.DT_FLOAT)
  private val booleans = kind(DataType.DT_BOOL)

  private def flag(name: String, value: Boolean): NodeDef = {
    val tensor = TensorProto.newBuilder().setDtype(DataType.DT_BOOL).addBoolVal(value)
    tensor.getTensorShapeBuilder
    node("Const", name)(
      "dtype" -> booleans,
      "value" -> AttrValue.newBuilder().setTensor(tensor).build()
    )
  }

  // As in TensorFlow 1: a placeholder with a default that means inference.
  private val training: Seq[NodeDef] = {
    val scalar = AttrValue.newBuilder()
    scalar.getShapeBuilder
    Seq(
      flag("no", value = false),
      node("PlaceholderWithDefault", "training", "no")(
        "dtype" -> booleans,
        "shape" -> scalar.build()
      )
    )
  }

  private def noise(of: String, name: String = "noise"): Seq[NodeDef] = Seq(
    node("Shape", s"$name/shape", of)("T" -> floats, "out_type" -> kind(DataType.DT_INT32)),
    node("RandomUniform", name, s"$name/shape")(
      "T" -> kind(DataType.DT_INT32),
      "dtype" -> floats
    )
  )

  private def merge(name: String, inputs: String*): NodeDef =
    node("Merge", name, inputs: _*)(
      "T" -> floats,
      "N" -> AttrValue.newBuilder().setI(inputs.size.toLong).build()
    )

  private def switched(condition: String): Seq[NodeDef] =
    node("Switch", "sides", "x", condition)("T" -> floats) +:
      noise("sides:1") :+
      both("AddV2", "trained", "sides:1", "noise") :+
      both("Mul", "served", "sides", "sides") :+
      merge("y", "served", "trained")

  private def isDeterministic(spec: ModelSpec) =
    ModelDescription.of(spec).signature.deterministic

  private def ops(spec: ModelSpec): Seq[String] = {
    val graph = PreparedGraph.read(spec, Paths.get(spec.path))
    Adapter.adapt(spec, graph).getMetaGraphs(0).getGraphDef.getNodeList.asScala.map(_.getOp).toSeq
  }

  private def answers(spec: ModelSpec): Seq[Any] = {
    val name = s"decided_${UUID.randomUUID.toString.take(8)}"
    Tfpredict.register(spark, spec, name)
    spark.sql(s"SELECT $name(v) FROM VALUES (3f), (-2f) AS t(v)").collect().map(_.get(0)).toSeq
  }

  test("random numbers for training are left out, with the switch before them") {
    val spec = GraphModel.write(training ++ switched("training"), Map("y" -> "y:0"))
    assert(isDeterministic(spec))
    assert(!ops(spec).exists(Set("RandomUniform", "Switch", "Merge")))
    assert(answers(spec) == Seq(9f, 4f))
  }

  test("conditions of conditions are decided") {
    val no = node("LogicalNot", "yes", "training")()
    val and = node("LogicalAnd", "both", "yes", "other")()
    val unknown = Seq(
      node("Less", "other", "one", "two")("T" -> floats),
      node("Max", "one", "x", "axes")("T" -> floats, "Tidx" -> kind(DataType.DT_INT32)),
      node("Min", "two", "x", "axes")("T" -> floats, "Tidx" -> kind(DataType.DT_INT32)),
      numbers("axes", 0)
    )
    val or = node("LogicalOr", "decided", "and_not", "no")()
    val andNot = node("LogicalAnd", "and_not", "training", "both")()
    val nodes = training ++ unknown ++ Seq(no, and, andNot, or)
    assert(isDeterministic(GraphModel.write(nodes ++ switched("decided"), Map("y" -> "y:0"))))
    assert(!isDeterministic(GraphModel.write(nodes ++ switched("both"), Map("y" -> "y:0"))))
  }

  test("a flag that says that the model trains decides a condition too") {
    val spec = GraphModel.write(flag("yes", value = true) +: switched("yes"), Map("y" -> "y:0"))
    assert(!isDeterministic(spec))
    assert(!ops(spec).exists(Set("Switch", "Merge", "Mul")))
  }

  test("a node that asks which branch ran stays unchanged") {
    val index = node("Cast", "which", "y:1")(
      "SrcT" -> kind(DataType.DT_INT32),
      "DstT" -> floats
    )
    val spec = GraphModel.write(
      training ++ switched("training") ++ Seq(index, both("AddV2", "z", "y", "which")),
      Map("z" -> "z:0")
    )
    assert(ops(spec).contains("Switch"))
    assert(answers(spec) == Seq(9f, 4f))
  }

  test("three branches become two, and control inputs from a branch are kept") {
    val more = Seq(
      flag("off", value = false),
      node("Switch", "other", "served", "open")("T" -> floats),
      node("Identity", "late", "other", "^trained")("T" -> floats),
      node("Less", "open", "least", "zero")("T" -> floats),
      node("Min", "least", "x", "axes")("T" -> floats, "Tidx" -> kind(DataType.DT_INT32)),
      node("Max", "zero", "x", "axes")("T" -> floats, "Tidx" -> kind(DataType.DT_INT32)),
      numbers("axes", 0),
      both("Neg", "open_side", "other:1"),
      both("Abs", "closed_side", "other")
    )
    val nodes = switched("off").init ++ more :+
      merge("y", "late", "closed_side", "open_side")
    val spec = GraphModel.write(nodes, Map("y" -> "y:0"))
    assert(isDeterministic(spec))
    assert(answers(spec) == Seq(9f, 4f) || answers(spec) == Seq(-9f, -4f))
    assert(ops(spec).count(_ == "Merge") == 1)
  }

  private def function(name: String, nodes: NodeDef*)(result: String): FunctionDef = {
    val body = FunctionDef.newBuilder().addAllNodeDef(nodes.asJava).putRet("b", result)
    val definition = body.getSignatureBuilder.setName(name)
    definition.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
    definition.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
    body.build()
  }

  private def types(dtypes: DataType*): AttrValue = {
    val list = AttrValue.newBuilder()
    dtypes.foreach(list.getListBuilder.addType(_))
    list.build()
  }

  private def branch(name: String): AttrValue = {
    val function = AttrValue.newBuilder()
    function.getFuncBuilder.setName(name)
    function.build()
  }

  private def conditional(op: String, name: String, inputs: String*): NodeDef =
    node(op, name, inputs: _*)(
      "Tcond" -> booleans,
      "Tin" -> types(DataType.DT_FLOAT),
      "Tout" -> types(DataType.DT_FLOAT),
      "then_branch" -> branch("train"),
      "else_branch" -> branch("serve")
    )

  // The training branch has an op that no TensorFlow has.
  private val branches = Seq(
    function("train", node("NobodyHasThis", "odd", "a")("T" -> floats))("odd:output:0"),
    function("serve", both("Mul", "square", "a", "a"))("square:z:0")
  )

  for (op <- Seq("If", "StatelessIf"))
    test(s"a branch of $op that never runs is left out, whatever it contains") {
      val nodes = training :+ conditional(op, "y", "training", "x")
      val spec = GraphModel.write(nodes, Map("y" -> "y:0"), branches)
      assert(answers(spec) == Seq(9f, 4f))
    }

  test("a flag that all callers pass is a constant of the function") {
    val inner = FunctionDef.newBuilder()
    val definition = inner.getSignatureBuilder.setName("inner")
    definition.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
    definition.addInputArgBuilder().setName("flag").setType(DataType.DT_BOOL)
    definition.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
    inner.addNodeDef(conditional("If", "choice", "flag", "a")).putRet("b", "choice:output:0")
    def call(name: String, flag: String, input: String) =
      node("StatefulPartitionedCall", name, input, flag)(
        "Tin" -> types(DataType.DT_FLOAT, DataType.DT_BOOL),
        "Tout" -> types(DataType.DT_FLOAT),
        "f" -> branch("inner")
      )
    val functions = branches :+ inner.build()
    val once = training :+ call("y", "training", "x")
    assert(answers(GraphModel.write(once, Map("y" -> "y:0"), functions)) == Seq(9f, 4f))
    val twice = once ++ Seq(flag("yes", value = true), call("z", "yes", "y"))
    val spec = GraphModel.write(twice, Map("z" -> "z:0"), functions)
    assert(Tfpredict.inspect(spec).signatures.head.refusals.exists(_.contains("NobodyHasThis")))
  }
}
