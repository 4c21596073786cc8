package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef}

/**
 * Keeps loops ones that the runtime can end. It looks at each turn, where a loop's condition is
 * (`LoopCond`, and each run of a condition's function), whether the run was cancelled or took too
 * long. Its optimizer takes that place away where it finds that the condition is always true, and
 * nothing ends such a loop. So each condition passes an op that the optimizer must not evaluate:
 * `Print`, which prints nothing where `first_n` is 0. It costs a fraction of a microsecond a turn.
 */
private[savedmodel] object LoopChecks {

  /** The nodes in the place of one of the graph's. */
  def of(node: NodeDef): Seq[NodeDef] = of(node, isInFunction = false)

  /**
   * The function, in which conditions of loops pass a check.
   *
   * @param isCondition
   *   whether a loop asks this function whether it goes on
   */
  def of(function: FunctionDef, isCondition: Boolean): FunctionDef = {
    val built = function.toBuilder.clearNodeDef()
    built.addAllNodeDef(
      function.getNodeDefList.asScala.flatMap(of(_, isInFunction = true)).asJava
    )
    if (isCondition) {
      function.getSignature.getOutputArgList.asScala.headOption.foreach { output =>
        val name = s"${output.getName}/tfpredict_goes_on"
        val found = function.getRetOrDefault(output.getName, "")
        built.addNodeDef(check(name, found, output.getType))
        built.putRet(output.getName, s"$name:output:0")
      }
    }
    built.build()
  }

  private val Loops = Set("While", "StatelessWhile")

  /** The functions that loops among the nodes ask whether they go on. */
  def conditions(nodes: Iterable[NodeDef]): Set[String] =
    nodes.filter(node => Loops(node.getOp)).flatMap(condition).toSet

  private def condition(node: NodeDef): Option[String] =
    Option(node.getAttrMap.get("cond")).map(_.getFunc.getName)

  private def of(node: NodeDef, isInFunction: Boolean): Seq[NodeDef] =
    if (node.getOp != "LoopCond" || node.getInputCount == 0) Seq(node)
    else {
      val name = s"${node.getName}/tfpredict_goes_on"
      val passed = if (isInFunction) s"$name:output:0" else name
      Seq(
        check(name, node.getInput(0), DataType.DT_BOOL),
        node.toBuilder.setInput(0, passed).build()
      )
    }

  private def check(name: String, input: String, dtype: DataType): NodeDef =
    NodeDef
      .newBuilder()
      .setOp("Print")
      .setName(name)
      .addInput(input)
      .putAttr("T", AttrValue.newBuilder().setType(dtype).build())
      .putAttr("U", AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance).build())
      .putAttr("first_n", AttrValue.newBuilder().setI(0).build())
      .build()
}
