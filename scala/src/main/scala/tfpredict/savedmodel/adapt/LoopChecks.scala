package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, NodeDef}

/**
 * Ensures that the runtime can end a loop. The runtime checks for cancellation and timeouts where a
 * loop evaluates its condition: at `LoopCond`, and at each run of a condition function. If the
 * condition is always true, its optimizer removes that place, and nothing can end the loop. So each
 * condition passes through an op that the optimizer must not evaluate: `Print`, which prints
 * nothing with `first_n` 0. It costs a fraction of a microsecond per round.
 */
private[savedmodel] object LoopChecks {

  /** The nodes that replace a node of the graph. */
  def of(node: NodeDef): Seq[NodeDef] = of(node, isInFunction = false)

  /**
   * The function, with a check on each loop condition in it.
   *
   * @param isCondition
   *   whether the function is itself a loop's condition
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

  /** The names of the functions that are loop conditions of these nodes. */
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
