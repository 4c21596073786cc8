package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef, OpDef, TensorProto}

import tfpredict.GraphModel._
import tfpredict.model.ModelDescription
import tfpredict.{GraphModel, ModelSpec, SparkSuite, Tfpredict, UnsupportedModelException}

/** Models with a library function, part of which reaches no output. */
class LiveNodesSuite extends SparkSuite {
  private val floats = kind(DataType.DT_FLOAT)

  private def list(dtypes: DataType*): AttrValue = {
    val types = AttrValue.newBuilder()
    dtypes.foreach(types.getListBuilder.addType(_))
    types.build()
  }

  /** A model that calls a function of `a` (the row) and `v` (a variable) with the result `b`. */
  private def model(result: String, effects: Seq[String], body: NodeDef*): ModelSpec = {
    val function = FunctionDef.newBuilder()
    val definition = function.getSignatureBuilder.setName("f").setIsStateful(true)
    definition.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
    definition.addInputArgBuilder().setName("v").setType(DataType.DT_RESOURCE)
    definition.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
    effects.foreach { effect =>
      definition.addControlOutput(effect)
      function.putControlRet(effect, effect)
    }
    function.addAllNodeDef(body.asJava).putRet("b", result)
    val called = AttrValue.newBuilder()
    called.getFuncBuilder.setName("f")
    val call = node("StatefulPartitionedCall", "y", "x", "count")(
      "Tin" -> list(DataType.DT_FLOAT, DataType.DT_RESOURCE),
      "Tout" -> list(DataType.DT_FLOAT),
      "f" -> called.build()
    )
    val start = node("AssignVariableOp", "start", "count", "one")("dtype" -> floats)
    GraphModel.write(
      Seq(variable, one("one"), start, call),
      Map("y" -> "y:0"),
      Seq(function.build()),
      Some("start"),
      Seq(
        OpDef.newBuilder().setName("RngReadAndSkip").setIsStateful(true).build(),
        OpDef.newBuilder().setName("NewestRandom").build()
      )
    )
  }

  private def answers(spec: ModelSpec): Seq[Float] = {
    Tfpredict.register(spark, spec, "live")
    spark.range(3).selectExpr("live(CAST(id AS FLOAT)) AS y").collect().map(_.getFloat(0)).toSeq
  }

  private val add = node("AssignAddVariableOp", "add", "v", "one:output:0")("dtype" -> floats)
  private val twice = both("AddV2", "twice", "a", "a")

  test("nodes that reach no output are left out, even with an unknown op, and the rest runs") {
    val spec = model(
      "gate:output:0",
      Seq("add", "newer"),
      one("one"),
      node("RngReadAndSkip", "newer", "v")(),
      node("NewestRandom", "sample", "newer:value:0", "a")(),
      add,
      twice,
      node("NoOp", "all", "^add", "^newer")(),
      node("Identity", "gate", "twice:z:0", "^all")("T" -> floats)
    )
    assert(answers(spec) == Seq(0f, 2f, 4f))
    assert(Tfpredict.inspect(spec).signatures.forall(s => s.runs && !s.random))
  }

  test("a write that an output reads stays, and is refused") {
    val spec = model(
      "sum:z:0",
      Seq("add"),
      one("one"),
      add,
      node("ReadVariableOp", "now", "v", "^add")("dtype" -> floats),
      both("AddV2", "sum", "a", "now:value:0")
    )
    val refused = intercept[UnsupportedModelException](ModelDescription.of(spec))
    assert(refused.found.contains("op AssignAddVariableOp, which writes a state that an output"))
  }

  test("an assertion stays, and checks each row") {
    val spec = model(
      "gate:output:0",
      Seq("check"),
      one("one"),
      both("Less", "small", "a", "one:output:0"),
      node("Const", "axis")(
        "dtype" -> kind(DataType.DT_INT32),
        "value" -> {
          val value = TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(0)
          value.getTensorShapeBuilder.addDimBuilder().setSize(1)
          AttrValue.newBuilder().setTensor(value).build()
        }
      ),
      node("All", "every", "small:z:0", "axis:output:0")("Tidx" -> kind(DataType.DT_INT32)),
      node("Assert", "check", "every:output:0", "a")("T" -> list(DataType.DT_FLOAT)),
      twice,
      node("Identity", "gate", "twice:z:0", "^check")("T" -> floats)
    )
    Tfpredict.register(spark, spec, "asserting")
    assert(spark.sql("SELECT asserting(0.5f)").head().getFloat(0) == 1f)
    val failed = intercept[Exception](
      spark.range(3).selectExpr("asserting(CAST(id AS FLOAT))").collect()
    )
    assert(Iterator.iterate[Throwable](failed)(_.getCause).takeWhile(_ != null)
      .exists(_.getMessage.contains("assertion failed")))
  }

  test("devices of other hosts are left out, in functions too") {
    val spec = model(
      "twice:z:0",
      Nil,
      twice.toBuilder.setDevice("/job:worker/replica:0/task:3/device:GPU:1").build()
    )
    val root = java.nio.file.Paths.get(spec.path).resolve("saved_model.pb")
    val saved = org.tensorflow.framework.SavedModel
      .parseFrom(java.nio.file.Files.readAllBytes(root))
      .toBuilder
    saved.getMetaGraphsBuilder(0).getGraphDefBuilder.getNodeBuilderList.asScala
      .foreach(_.setDevice("/job:ps/task:1/device:GPU:0"))
    java.nio.file.Files.write(root, saved.build().toByteArray)
    assert(answers(spec) == Seq(0f, 2f, 4f))
  }
}
