package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32}
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.TinyModels._
import tfpredict._
import tfpredict.model.ModelDescription
import tfpredict.savedmodel.fuzz.OpCase

class GuardsSuite extends AnyFunSuite {

  private def cast(name: String, input: String, from: DataType, to: DataType): NodeDef =
    node("Cast", name, input)("SrcT" -> kind(from), "DstT" -> kind(to))

  // The position of element 5 in a table of these dimensions. The kernel divides by them.
  private def places(dims: NodeDef): ModelSpec = TinyModels.of(
    DT_FLOAT,
    placeholder("x", DT_FLOAT, -1),
    scalar("five", 5),
    dims,
    node("UnravelIndex", "place", "five", dims.getName)("Tidx" -> kind(DT_INT32)),
    cast("y", "place", DT_INT32, DT_FLOAT)
  )

  private def answer(dims: Float*): Seq[Float] = {
    val model = LocalModel.load(places(cast("dims", "x", DT_FLOAT, DT_INT32)))
    try model.run(dims.map(Array(_)).toArray).toSeq.map(_.head)
    finally model.close()
  }

  test("an input that would crash the process is an error with the failed condition") {
    assert(answer(2, 3) == Seq(1, 2))
    val failed = intercept[InputException](answer(2, 0))
    assert(failed.getMessage.contains("breaks its condition: min dims > 0"))
  }

  test(
    "a constant that would crash the process is refused at registration, others need no check"
  ) {
    val message =
      intercept[UnsupportedModelException](ModelDescription.of(places(ints("dims", 2, 0))))
    assert(
      message.getMessage.contains("op UnravelIndex without min dims > 0, which ends the process")
    )
    val unravel = node("UnravelIndex", "y", "x", "dims")("Tidx" -> kind(DT_INT32))
    assert(around(unravel, ints("dims", 2, 3)) == Seq(unravel))
  }

  // No value depends on a row, so the runtime evaluates whatever it can at loading.
  private def hidden(dims: NodeDef*): ModelSpec = TinyModels.of(
    DT_FLOAT,
    Seq(placeholder("x", DT_FLOAT, -1), scalar("five", 5)) ++ dims ++ Seq(
      node("UnravelIndex", "place", "five", "dims")("Tidx" -> kind(DT_INT32)),
      cast("y", "place", DT_INT32, DT_FLOAT)
    ): _*
  )

  test(
    "a bad constant behind other ops fails each row, and is not evaluated at loading"
  ) {
    def answer(dims: NodeDef*) = {
      val model = LocalModel.load(hidden(dims: _*))
      try model.run(Array(Array(0f), Array(0f))).toSeq.map(_.head)
      finally model.close()
    }
    def identity(of: String) = node("Identity", "dims", of)("T" -> kind(DT_INT32))
    assert(answer(ints("c", 2, 3), identity("c")) == Seq(1, 2))
    def multiplied(one: Int) = Seq(
      ints("c", 2, 3),
      ints("d", 1, one),
      node("Mul", "dims", "c", "d")("T" -> kind(DT_INT32))
    )
    assert(answer(multiplied(1): _*) == Seq(1, 2))
    for (deadly <- Seq(Seq(ints("c", 2, 0), identity("c")), multiplied(0)))
      assert(intercept[ModelRunException](answer(deadly: _*)).getMessage.contains("min dims > 0"))
  }

  test("nodes that a rule creates have checks, and names of their own") {
    val made = node("QuantizeAndDequantizeV2", "y", "x", "y/tfpredict_0", "high")(
      "T" -> kind(DT_FLOAT)
    )
    val graph = org.tensorflow.framework.GraphDef.newBuilder().build()
    val all = Guards.around(Seq(float("y/tfpredict_0", 0), made), Scope.of(graph))
    // `EnsureShape` fixes one number, which is not a constant.
    assert(all.filter(_.getOp == "Reshape").map(_.getInput(0)) == Seq("high"))
    assert(all.map(_.getName).distinct.size == all.size)
    assert(Guards.refusal(
      Seq(ints("y/tfpredict_0", 1, 2), made),
      Scope.of(graph)
    ).exists(_.contains("count input_min = 1")))
  }

  private def around(node: NodeDef, nodes: NodeDef*): Seq[NodeDef] = {
    val graph = org.tensorflow.framework.GraphDef.newBuilder().addNode(node)
    nodes.foreach(graph.addNode)
    Guards.around(node, Scope.of(graph.build()))
  }

  test("the node keeps its name and its inputs, and waits for each check") {
    val unravel = node("UnravelIndex", "y", "x", "given")("Tidx" -> kind(DT_INT32))
    val made = around(unravel)
    assert(made.last.getName == "y" && made.last.getOp == "UnravelIndex")
    // One input passes an op that the runtime must not evaluate at loading.
    val passed = made.filter(_.getOp == "Print")
    assert(passed.map(_.getInput(0)) == Seq("given"))
    assert(made.last.getInput(0) == "x" && made.last.getInput(1) == passed.head.getName)
    val waits = made.filter(_.getOp == "Assert").map(node => s"^${node.getName}")
    assert(waits.size == 2 && (2 to 3).map(made.last.getInput(_)) == waits)
    // All of it is in the node's own loop.
    assert(made.filter(_.getOp == "Const").forall(_.getInput(0) == "^x"))
  }

  test("every op and every input of the table is the runtime's") {
    assert(catalog.guards.keySet.size > 30)
    for (op <- catalog.guards.keySet) {
      assert(catalog.ops.contains(op), op)
      val names = OpCase.ops(op).getInputArgList.asScala.map(_.getName).toSet
      Guards.of(op).foreach(condition =>
        assert(condition.names.forall(names), s"$op ${condition.words}")
      )
    }
  }

  test("conditions are read as they are written") {
    def holds(words: String, dims: Int*) =
      Condition.isTrue(
        ConditionWords.parse(words),
        Map("x" -> ints("x", dims: _*)).get(_).map(
          _.getAttrOrThrow("value").getTensor
        )
      )
    assert(holds("rank x = 1", 1, 2).contains(true) && holds("count x > 2", 1, 2).contains(false))
    assert(holds("sorted x", 1, 2, 2).contains(true) && holds("sorted x", 2, 1).contains(false))
    assert(holds("dim x 0 <= 1", 1, 2).contains(false) && holds("max x < 3", 1, 2).contains(true))
    assert(holds("shape x = shape x", 1).contains(true) && holds("rank y = 1", 1).isEmpty)
    assert(holds("dim x -1 = 2", 1, 2).contains(true) && holds("item x 1 = 2", 1, 2).contains(true))
    assert(holds("count x = 3 or count x = 2", 1, 2).contains(true))
    assert(holds("count x = 3 or count y = 2", 1, 2).isEmpty)
    assert(holds("outer x = outer x", 1, 2).contains(true) && holds("finite x", 1).isEmpty)
    assert(ConditionWords.parse("if training=false rank x = 1").words == "rank x = 1")
    assert(holds("span x", 2000000000, 2000000000).contains(true))
    assert(holds("few x", 65536, 65536).contains(false) && holds("few x", 0, 9).contains(true))
    assert(holds("volume x", 65536, 65536).contains(false) && holds(
      "sum x = 3",
      1,
      2
    ).contains(true))
    assert(holds("positive x where x", 1).contains(true) && holds("positive x where x", 0).isEmpty)
    assert(holds("steps x x x", 1).contains(true) && holds("steps x x x", 0).contains(false))
    assert(holds("tiled y x", 9).contains(true) && holds("tiled y x", 65536, 65536).isEmpty)
    assert(holds("padded y x", 9).contains(true) && holds("clamped x 9", 10).contains(false))
    assert(Seq("nested x", "partitions x x", "batched x x by n", "length x > 1").forall(
      holds(_, 1).isEmpty
    ))
    intercept[IllegalArgumentException](ConditionWords.parse("x is fine"))
    // In a protobuf one value can stand for all.
    val value = ints("x", 1 << 16).getAttrOrThrow("value").getTensor.toBuilder
    value.getTensorShapeBuilder.getDimBuilder(0).setSize(4)
    def one(words: String) =
      Condition.isTrue(ConditionWords.parse(words), Map("x" -> value.build()).get(_))
    assert(one("volume x").contains(false) && one("count x = 4").contains(true))
    assert(holds("volume x", 1 << 16, 0, -1).contains(true))
  }

  private def told(node: NodeDef, sizes: Long*): NodeDef = {
    val shapes = AttrValue.ListValue.newBuilder().addShape(dims(sizes: _*).getShape)
    node.toBuilder.putAttr("_output_shapes", AttrValue.newBuilder().setList(shapes).build()).build()
  }

  private def weights(name: String, sizes: Long*): NodeDef =
    told(node("ReadVariableOp", name, s"$name/handle")("dtype" -> kind(DT_FLOAT)), sizes: _*)

  private def convolution(filter: String): NodeDef =
    node("Conv2D", "y", "x", filter)("T" -> kind(DT_FLOAT), "strides" -> numbers(1, 1, 1, 1))

  test("a known shape of weights is enforced, and needs no check") {
    val Seq(sure, made) = around(convolution("w"), weights("w", 3, 3, 8, 16))
    assert(sure.getOp == "EnsureShape" && sure.getInput(0) == "w")
    assert(sure.getAttrOrThrow("shape") == dims(3, 3, 8, 16))
    assert(made.getInput(1) == sure.getName && made.getInputCount == 2)
    // A known shape that would crash the process is checked, and so is an unknown one.
    for (
      w <- Seq(weights("w", 3, 3, 0, 16), weights("w", 3, 3, -1, 16), placeholder("w", DT_FLOAT))
    )
      assert(around(convolution("w"), w).exists(_.getOp == "Assert"))
    assert(around(convolution("w"), told(placeholder("w", DT_FLOAT), 3, 3, 8, 16))
      .exists(_.getOp == "Assert"))
  }

  test("for a layer's numbers per channel only their counts are enforced") {
    val names = Seq("scale", "offset", "mean", "variance")
    val norm = node("FusedBatchNormV3", "z", "y" +: names: _*)(
      "T" -> kind(DT_FLOAT),
      "U" -> kind(DT_FLOAT),
      "is_training" -> AttrValue.newBuilder().setB(false).build()
    )
    val made = around(
      norm,
      Seq(convolution("w"), weights("w", 3, 3, 8, 16)) ++ names.map(weights(_, 16)): _*
    )
    // The convolution and its norm must stay adjacent, since the runtime fuses them.
    assert(made.last.getInput(0) == "y" && made.init.forall(_.getOp == "EnsureShape"))
    assert(made.init.map(_.getInput(0)) == names)
    assert(around(
      norm,
      Seq(convolution("w"), weights("w", 3, 3, 8, 16)) ++ names.map(weights(_, 15)): _*
    ).exists(_.getOp == "Assert"))
  }

  test("real numbers, elements and outer dimensions are compared as they are") {
    def answer(op: NodeDef, others: NodeDef*)(rows: Float*) = {
      val model = LocalModel.load(TinyModels.of(
        DT_FLOAT,
        Seq(placeholder("x", DT_FLOAT, -1)) ++ others :+ op: _*
      ))
      try model.run(rows.map(Array(_)).toArray).toSeq.map(_.head)
      finally model.close()
    }
    val poisson = node("RandomPoissonV2", "y", "shape", "x")(
      "S" -> kind(DT_INT32),
      "R" -> kind(DT_FLOAT),
      "dtype" -> kind(DT_FLOAT)
    )
    // One number for each rate.
    val shape = ints("shape")
    assert(answer(poisson, shape)(0, 0) == Seq(0, 0))
    for ((bad, words) <- Seq(Float.NaN -> "of op RandomPoissonV2", -1f -> "min rate >= 0"))
      assert(intercept[InputException](answer(poisson, shape)(0, bad)).getMessage.contains(words))
  }

  test("a check that an op's definition seems to imply still runs") {
    // The op's definition says that its size is one number, but its kernel does not check it.
    def counts(size: NodeDef*) = TinyModels.of(
      DT_FLOAT,
      Seq(placeholder("x", DT_FLOAT, -1), cast("given", "x", DT_FLOAT, DT_INT32)) ++ size ++ Seq(
        ints("none"),
        node("Bincount", "counts", "given", "size", "none")("T" -> kind(DT_INT32)),
        cast("y", "counts", DT_INT32, DT_FLOAT)
      ): _*
    )
    def answer(rows: Float*)(size: NodeDef*) = {
      val model = LocalModel.load(counts(size: _*))
      try model.run(rows.map(Array(_)).toArray).toSeq.map(_.head)
      finally model.close()
    }
    assert(answer(0, 1)(scalar("size", 2)) == Seq(1, 1))
    val ofRows = node("Identity", "size", "given")("T" -> kind(DT_INT32))
    intercept[TfpredictException](answer(2, 2)(ofRows))
    // The same for a condition that needs a check.
    val grads = TinyModels.of(
      DT_FLOAT,
      placeholder("x", DT_FLOAT, -1),
      ints("pair", 1, 1),
      cast("two", "pair", DT_INT32, DT_FLOAT),
      node("TanhGrad", "y", "x", "two")("T" -> kind(DT_FLOAT))
    )
    val model = LocalModel.load(grads)
    try {
      assert(model.run(Array(Array(0f), Array(0f))).toSeq.map(_.head) == Seq(1, 1))
      intercept[TfpredictException](model.run(Array.fill(3)(Array(0f))))
    } finally model.close()
  }

  test("a constant stays one, since definitions of lists need its value") {
    val list = node("TensorListFromTensor", "list", "x", "any")(
      "element_dtype" -> kind(DT_FLOAT),
      "shape_type" -> kind(DT_INT32)
    )
    val made = around(list, scalar("any", -1), placeholder("x", DT_FLOAT))
    assert(made.exists(_.getOp == "Assert"))
    assert(made.last.getInput(0) != "x" && made.last.getInput(1) == "any")
  }

  test("a condition of one layout applies to that layout only") {
    def bias(layout: String) = node("BiasAdd", "y", "x", "b")(
      "T" -> kind(DT_FLOAT),
      "data_format" -> word(layout)
    )
    assert(around(bias("NHWC")) == Seq(bias("NHWC")))
    assert(around(bias("NCHW")).exists(_.getOp == "Assert"))
  }

  test("a condition that every int32 meets needs no check") {
    def sum(dtype: DataType) = node("SegmentSum", "y", "x", "ids")(
      "T" -> kind(DT_FLOAT),
      "Tindices" -> kind(dtype)
    )
    assert(around(sum(DT_INT32)) == Seq(sum(DT_INT32)))
    assert(around(sum(DataType.DT_INT64)).exists(_.getOp == "Assert"))
  }

  test("each output of a function's node has its own shape") {
    val shapes = AttrValue.ListValue.newBuilder()
    Seq(Seq(-1L, 2L), Seq(-1L), Seq(2L)).foreach(sizes => shapes.addShape(dims(sizes: _*).getShape))
    val split = node("StringSplitV2", "split", "x", "by")().toBuilder
      .putAttr("_output_shapes", AttrValue.newBuilder().setList(shapes).build())
    val function = org.tensorflow.framework.FunctionDef.newBuilder().addNodeDef(split)
    val scope = Scope.of(function.build())
    assert(scope.shape("split:indices:0").contains(Vector(-1L, 2L)))
    assert(scope.shape("split:values:0").contains(Vector(-1L)))
    assert(scope.shape("split:shape:0").contains(Vector(2L)))
  }
}
