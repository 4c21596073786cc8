package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.apache.spark.sql.AnalysisException
import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef, TensorProto}

import tfpredict.GraphModel._
import tfpredict.model.ModelDescription
import tfpredict.{
  GraphModel,
  ModelSpec,
  SparkSuite,
  TestModels,
  Tfpredict,
  UnsupportedModelException
}

class SignatureStateSuite extends SparkSuite {

  private val floats = kind(DataType.DT_FLOAT)

  private def draw(name: String): Seq[NodeDef] = Seq(
    node("Shape", s"$name/shape", "x")("T" -> floats, "out_type" -> kind(DataType.DT_INT32)),
    node("RandomUniform", name, s"$name/shape")(
      "T" -> kind(DataType.DT_INT32),
      "dtype" -> floats
    )
  )

  private def adds(name: String): NodeDef =
    node("AssignAddVariableOp", name, "count", "one")("dtype" -> floats)

  private lazy val noisy: ModelSpec =
    GraphModel.write(draw("noise") :+ both("AddV2", "y", "x", "noise"), Map("y" -> "y:0"))

  private def inspected(spec: ModelSpec) = Tfpredict.inspect(spec).signatures.head

  private def refused(spec: ModelSpec): UnsupportedModelException =
    intercept[UnsupportedModelException](ModelDescription.of(spec))

  test("a signature with a random output is not deterministic, and inspect reports it") {
    assert(!ModelDescription.of(noisy).signature.deterministic)
    assert(inspected(noisy).random)
    for (name <- Seq("linear", "lstm", "images", "lookup", "keras_export")) {
      assert(ModelDescription.of(TestModels.spec(name)).signature.deterministic, name)
      assert(!inspected(TestModels.spec(name)).random, name)
    }
  }

  test("random numbers that reach no requested output do not count") {
    val spec = GraphModel.write(
      draw("noise") ++ Seq(both("AddV2", "sample", "x", "noise"), both("AddV2", "y", "x", "x")),
      Map("y" -> "y:0", "sample" -> "sample:0")
    )
    assert(!ModelDescription.of(spec).signature.deterministic)
    assert(ModelDescription.of(spec.copy(outputs = Seq("y"))).signature.deterministic)
  }

  test("random numbers in a library function count") {
    val body = FunctionDef.newBuilder()
    val definition = body.getSignatureBuilder.setName("noisy")
    definition.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
    definition.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
    val inner = draw("noise").map { drawn =>
      val inputs = drawn.getInputList.asScala.map {
        case "x" => "a"
        case other => s"$other:output:0"
      }
      drawn.toBuilder.clearInput().addAllInput(inputs.asJava).build()
    }
    body.addAllNodeDef(inner.asJava).putRet("b", "noise:output:0")
    val types = AttrValue.newBuilder()
    types.getListBuilder.addType(DataType.DT_FLOAT)
    val called = AttrValue.newBuilder()
    called.getFuncBuilder.setName("noisy")
    val call = node("PartitionedCall", "y", "x")(
      "Tin" -> types.build(),
      "Tout" -> types.build(),
      "f" -> called.build()
    )
    val spec = GraphModel.write(Seq(call), Map("y" -> "y:0"), Seq(body.build()))
    assert(!ModelDescription.of(spec).signature.deterministic)
  }

  test("Spark calls a random model once per place, and refuses it where it refuses rand()") {
    Tfpredict.register(spark, noisy, "noisy")
    // The column is computed once, and each row has the same number in all uses.
    val rows = spark
      .range(50)
      .selectExpr("noisy(0f) AS y")
      .selectExpr("y AS a", "y AS b")
      .where("a <> b")
    assert(rows.count() == 0)
    val two = spark.range(50).selectExpr("noisy(0f) AS a", "noisy(0f) AS b").where("a <> b")
    assert(two.count() > 0)
    intercept[AnalysisException](
      spark.sql("SELECT * FROM range(3) a JOIN range(3) b ON a.id < noisy(CAST(b.id AS FLOAT))")
        .collect()
    )
  }

  test("a write that an output reads is refused with its op and node") {
    val read = node("ReadVariableOp", "now", "count", "^add")("dtype" -> floats)
    val spec = GraphModel.write(
      Seq(variable, one("one"), adds("add"), read, both("AddV2", "y", "x", "now")),
      Map("y" -> "y:0")
    )
    val found = refused(spec).found
    assert(
      found.contains("op AssignAddVariableOp, which writes a state that an output depends on,")
    )
    assert(found.contains("at node add"))
    assert(inspected(spec).refusals.exists(_.contains("AssignAddVariableOp")))
  }

  test("a write that no output reads is not refused") {
    val y = both("AddV2", "y", "x", "x").toBuilder.addInput("^add").build()
    val spec = GraphModel.write(Seq(variable, one("one"), adds("add"), y), Map("y" -> "y:0"))
    assert(inspected(spec).refusals.forall(!_.contains("writes a state")))
  }

  test("a placeholder that an output needs and nothing feeds is refused at registration") {
    val spec = GraphModel.write(
      Seq(
        placeholder("keep_prob"),
        both("Mul", "y", "x", "keep_prob"),
        both("AddV2", "z", "x", "x")
      ),
      Map("y" -> "y:0", "z" -> "z:0")
    )
    val told = "placeholder keep_prob, which an output needs and the signature does not feed"
    assert(refused(spec).found == told)
    assert(inspected(spec).refusals == Seq(told))
    assert(ModelDescription.of(spec.copy(outputs = Seq("z"))).signature.outputs.size == 1)
  }

  test("a layout without a CPU kernel is refused at registration") {
    val pool = node("MaxPool", "y", "x")(
      "T" -> floats,
      "data_format" -> text("NCHW_VECT_C"),
      "padding" -> text("SAME")
    )
    val found = refused(GraphModel.write(Seq(pool), Map("y" -> "y:0"))).found
    assert(
      found.startsWith("op MaxPool with data_format=NCHW_VECT_C, which has no kernel for a CPU, at")
    )
  }

  private val longs = kind(DataType.DT_INT64)

  private def table(name: String): NodeDef =
    node("HashTableV2", name)("key_dtype" -> longs, "value_dtype" -> floats)

  private def lookup(name: String, of: String): Seq[NodeDef] = Seq(
    node("Cast", "key", "x")("SrcT" -> floats, "DstT" -> longs),
    node("LookupTableFindV2", name, of, "key", "one")("Tin" -> longs, "Tout" -> floats)
  )

  private def filled(of: String): Seq[NodeDef] = Seq(
    node("Cast", "one_key", "one")("SrcT" -> floats, "DstT" -> longs),
    node("InitializeTableV2", "fill", of, "one_key", "one")("Tkey" -> longs, "Tval" -> floats)
  )

  test("a table that an output reads and nothing fills is refused at registration") {
    val found = lookup("y", "words")
    val nodes = Seq(one("one"), table("words"), both("AddV2", "z", "x", "x")) ++ found
    val spec = GraphModel.write(nodes, Map("y" -> "y:0", "z" -> "z:0"))
    assert(refused(spec).found == "table words, which an output reads and nothing fills")
    assert(refused(spec).fix.contains("main_op=tf.compat.v1.tables_initializer()"))
    assert(refused(spec).errorClass == "TFPREDICT_MODEL_STATE")
    assert(inspected(spec).refusals.exists(_.contains("table words, which an output reads")))
    assert(ModelDescription.of(spec.copy(outputs = Seq("z"))).signature.outputs.size == 1)

    val waiting = found.init :+ found.last.toBuilder.addInput("^fill").build()
    def all(more: NodeDef*) =
      GraphModel.write((Seq(one("one"), table("words")) ++ more) ++ waiting, Map("y" -> "y:0"))
    assert(ModelDescription.of(all(filled("words"): _*)).signature.outputs.size == 1)
    val other = all(table("others") +: filled("others"): _*)
    assert(refused(other).found == "table words, which an output reads and nothing fills")
  }

  test("random numbers that decide whether a row has a result count") {
    val condition = Seq(
      both("Less", "small", "noise", "x"),
      node("Assert", "check", "small", "x")("T" -> {
        val types = AttrValue.newBuilder()
        types.getListBuilder.addType(DataType.DT_FLOAT)
        types.build()
      })
    )
    val y = both("AddV2", "y", "x", "x").toBuilder.addInput("^check").build()
    val spec = GraphModel.write((draw("noise") ++ condition) :+ y, Map("y" -> "y:0"))
    assert(!ModelDescription.of(spec).signature.deterministic)
  }

  test("numbers of a seed count if the batch decides how many there are") {
    def drawn(shape: String) =
      node("StatelessRandomUniform", "noise", shape, "seed")(
        "dtype" -> floats,
        "T" -> kind(DataType.DT_INT32),
        "Tseed" -> kind(DataType.DT_INT32)
      )
    def ints(name: String, values: Int*) = {
      val value = TensorProto.newBuilder().setDtype(DataType.DT_INT32)
      value.getTensorShapeBuilder.addDimBuilder().setSize(values.size.toLong)
      values.foreach(value.addIntVal(_))
      node("Const", name)(
        "dtype" -> kind(DataType.DT_INT32),
        "value" -> AttrValue.newBuilder().setTensor(value).build()
      )
    }
    val shape =
      node("Shape", "shape", "x")("T" -> floats, "out_type" -> kind(DataType.DT_INT32))
    val sum = both("AddV2", "y", "x", "noise")
    def isDeterministic(nodes: NodeDef*) =
      ModelDescription
        .of(GraphModel.write(nodes :+ ints("seed", 1, 2) :+ sum, Map("y" -> "y:0")))
        .signature
        .deterministic
    assert(!isDeterministic(shape, drawn("shape")))
    assert(isDeterministic(ints("fixed", 1), drawn("fixed")))
  }

  private def types(dtypes: DataType*): AttrValue = {
    val list = AttrValue.newBuilder()
    dtypes.foreach(list.getListBuilder.addType(_))
    list.build()
  }

  private val elements = {
    val shapes = AttrValue.newBuilder()
    shapes.getListBuilder.addShapeBuilder().addDimBuilder().setSize(-1)
    Seq("output_types" -> types(DataType.DT_FLOAT), "output_shapes" -> shapes.build())
  }

  // Takes the first element of a dataset of the rows.
  private def iterating(iterator: String, more: NodeDef*): ModelSpec = {
    val dataset = node("TensorDataset", "rows", "x")(
      "Toutput_types" -> elements.head._2,
      elements.last
    )
    val nodes = Seq(
      dataset,
      node(iterator, "it")(elements: _*),
      node("MakeIterator", "fill", "rows", "it")(),
      node("IteratorGetNext", "next", "it", "^fill")(elements: _*)
    )
    GraphModel.write(nodes ++ more :+ both("AddV2", "y", "x", "next"), Map("y" -> "y:0"))
  }

  test("an iterator that runs share, or that is deleted before it is filled, is refused") {
    val told = "which uses an iterator that is not the run's own, at node"
    assert(refused(iterating("IteratorV2")).found == s"op IteratorGetNext, $told next")
    assert(refused(iterating("AnonymousIteratorV2")).found == s"op MakeIterator, $told fill")
    val deleted = node("DeleteIterator", "end", "it", "it:1", "^next")()
    val held = iterating("AnonymousIteratorV2", deleted)
    assert(
      refused(held).found.contains("MakeIterator")
    ) // the signature does not run the op that deletes it
  }

  test("categories that are drawn for each row count, with or without a seed") {
    val spec = GraphModel.write(
      Seq(
        node("ExpandDims", "logits", "x", "axis")(
          "T" -> floats,
          "Tdim" -> kind(DataType.DT_INT32)
        ),
        numbers("axis", 1),
        numbers("seed", 1, 2),
        node("StatelessMultinomial", "drawn", "logits", "axis", "seed")(
          "T" -> floats,
          "Tseed" -> kind(DataType.DT_INT32),
          "output_dtype" -> kind(DataType.DT_INT32)
        ),
        node("Cast", "y", "drawn")("SrcT" -> kind(DataType.DT_INT32), "DstT" -> floats)
      ),
      Map("y" -> "y:0")
    )
    assert(!ModelDescription.of(spec).signature.deterministic)
  }

  test("an assertion in a branch that a random number chooses counts") {
    def branch(name: String, body: NodeDef*): FunctionDef = {
      val function = FunctionDef.newBuilder()
      val definition = function.getSignatureBuilder.setName(name).setIsStateful(true)
      definition.addInputArgBuilder().setName("a").setType(DataType.DT_FLOAT)
      definition.addInputArgBuilder().setName("ok").setType(DataType.DT_BOOL)
      definition.addOutputArgBuilder().setName("b").setType(DataType.DT_FLOAT)
      function.addAllNodeDef(body.asJava).putRet("b", "a").build()
    }
    def called(name: String) = {
      val function = AttrValue.newBuilder()
      function.getFuncBuilder.setName(name)
      function.build()
    }
    val check = node("Assert", "check", "ok", "a")("T" -> types(DataType.DT_FLOAT))
    def chosenBy(number: String) = {
      val choice = node("If", "choice", "small", "x", "small")(
        "Tcond" -> kind(DataType.DT_BOOL),
        "Tin" -> types(DataType.DT_FLOAT, DataType.DT_BOOL),
        "Tout" -> types(DataType.DT_FLOAT),
        "then_branch" -> called("good"),
        "else_branch" -> called("bad")
      )
      val y = both("AddV2", "y", "x", "x").toBuilder.addInput("^choice").build()
      val nodes = draw("noise") ++ Seq(both("Less", "small", number, "x"), choice, y)
      GraphModel.write(nodes, Map("y" -> "y:0"), Seq(branch("good"), branch("bad", check)))
    }
    assert(!ModelDescription.of(chosenBy("noise")).signature.deterministic)
    assert(ModelDescription.of(chosenBy("x")).signature.deterministic)
  }
}
