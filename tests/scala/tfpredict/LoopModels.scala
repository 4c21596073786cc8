package tfpredict

import org.tensorflow.framework.{
  AttrValue,
  DataType,
  FunctionDef,
  NodeDef,
  TensorProto,
  TensorShapeProto
}

import tfpredict.TinyModels._

/**
 * Models that count in a loop up to a batch's largest number. For integers `y = x`; for an infinite
 * row the loop is endless. With a constant condition, which an optimizer sees, the loop is endless
 * for any row.
 */
object LoopModels {

  /** Loops of TensorFlow 1's control flow: nodes with frames in the graph. */
  def ofFrames(isEndless: Boolean): ModelSpec = of(
    DataType.DT_FLOAT,
    placeholder("x", DataType.DT_FLOAT, -1),
    floats("ZerosLike", "zeros", "x"),
    node("Enter", "enter", "zeros")("T" -> float, "frame_name" -> word("count")),
    node("Enter", "limits", "x")(
      "T" -> float,
      "frame_name" -> word("count"),
      "is_constant" -> AttrValue.newBuilder.setB(true).build
    ),
    node("Merge", "merge", "enter", "next")(
      "T" -> float,
      "N" -> AttrValue.newBuilder.setI(2).build
    ),
    after("merge", ints("axes", 0)),
    floats("Less", "less", "merge", "limits"),
    any("any", "less", "axes"),
    after("merge", yes("yes")),
    node("LoopCond", "cond", if (isEndless) "yes" else "any")(),
    floats("Switch", "switch", "merge", "cond"),
    floats("Identity", "count", "switch:1"),
    after("count", TinyModels.float("one", 1)),
    floats("AddV2", "more", "count", "one"),
    floats("Minimum", "least", "more", "limits"),
    floats("NextIteration", "next", "least"),
    floats("Exit", "y", "switch")
  )

  /**
   * Loops of TensorFlow 2: functions for the condition and the body, in a function.
   *
   * @param isLowered
   *   whether the runtime converts them to frames, as exporters request
   */
  def ofFunctions(isEndless: Boolean, isLowered: Boolean): ModelSpec = GraphModel.write(
    Seq(node("PartitionedCall", "y", "x")(
      "Tin" -> kinds(DataType.DT_FLOAT),
      "Tout" -> kinds(DataType.DT_FLOAT),
      "f" -> named("whole")
    )),
    Map("y" -> "y:0"),
    Seq(
      function("whole", Seq("x" -> DataType.DT_FLOAT), Seq("y" -> DataType.DT_FLOAT))(
        floats("ZerosLike", "zeros", "x"),
        node("While", "loop", "zeros:y:0", "x")(
          "T" -> kinds(DataType.DT_FLOAT, DataType.DT_FLOAT),
          "cond" -> named("goes_on"),
          "body" -> named("one_more"),
          "_lower_using_switch_merge" -> AttrValue.newBuilder.setB(isLowered).build
        )
      )("loop:output:0"),
      function("goes_on", ofTwo, Seq("go" -> DataType.DT_BOOL))(
        ints("axes", 0),
        floats("Less", "less", "count", "limit"),
        any("any", "less:z:0", "axes:output:0"),
        yes("yes")
      )(if (isEndless) "yes:output:0" else "any:output:0"),
      function("one_more", ofTwo, Seq("a" -> DataType.DT_FLOAT, "b" -> DataType.DT_FLOAT))(
        TinyModels.float("one", 1),
        floats("AddV2", "more", "count", "one:output:0"),
        floats("Minimum", "least", "more:z:0", "limit")
      )("least:z:0", "limit")
    )
  )

  /** Models whose loops end for finite rows. */
  val All: Seq[(String, () => ModelSpec)] = all(isEndless = false)

  /** Models whose loops never end. */
  val Endless: Seq[(String, () => ModelSpec)] = all(isEndless = true)

  private def all(isEndless: Boolean) = {
    val prefix = if (isEndless) "endless_" else ""
    Seq(
      s"${prefix}frames" -> (() => ofFrames(isEndless)),
      s"${prefix}functions" -> (() => ofFunctions(isEndless, isLowered = false)),
      s"${prefix}lowered" -> (() => ofFunctions(isEndless, isLowered = true))
    )
  }

  private def yes(name: String): NodeDef =
    node("Const", name)(
      "dtype" -> kind(DataType.DT_BOOL),
      "value" -> AttrValue.newBuilder
        .setTensor(
          TensorProto.newBuilder
            .setDtype(DataType.DT_BOOL)
            .setTensorShape(TensorShapeProto.getDefaultInstance)
            .addBoolVal(true)
        )
        .build
    )

  private def float: AttrValue = kind(DataType.DT_FLOAT)

  private def floats(op: String, name: String, inputs: String*): NodeDef =
    node(op, name, inputs: _*)("T" -> float)

  private def any(name: String, inputs: String*): NodeDef =
    node("Any", name, inputs: _*)("Tidx" -> kind(DataType.DT_INT32))

  private def after(other: String, node: NodeDef): NodeDef =
    node.toBuilder.addInput(s"^$other").build

  private def ofTwo: Seq[(String, DataType)] =
    Seq("count" -> DataType.DT_FLOAT, "limit" -> DataType.DT_FLOAT)

  private def named(function: String): AttrValue = {
    val value = AttrValue.newBuilder
    value.getFuncBuilder.setName(function)
    value.build
  }

  private def function(
      name: String,
      inputs: Seq[(String, DataType)],
      outputs: Seq[(String, DataType)]
  )(nodes: NodeDef*)(results: String*): FunctionDef = {
    val built = FunctionDef.newBuilder
    val signature = built.getSignatureBuilder.setName(name)
    inputs.foreach { case (name, dtype) =>
      signature.addInputArgBuilder.setName(name).setType(dtype)
    }
    outputs.foreach { case (name, dtype) =>
      signature.addOutputArgBuilder.setName(name).setType(dtype)
    }
    outputs.zip(results).foreach { case ((name, _), result) => built.putRet(name, result) }
    nodes.foreach(node => built.addNodeDef(node))
    built.build
  }
}
