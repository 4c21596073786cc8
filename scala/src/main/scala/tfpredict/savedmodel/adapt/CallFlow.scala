package tfpredict.savedmodel.adapt

import org.tensorflow.framework.NodeDef

/** Which tensors are one where a function is called: what is passed and what is returned. */
final private[savedmodel] class CallFlow(serving: ServingGraph) {
  import CallFlow._
  import StateFlow.dataInputs

  /** What callers pass for a function's argument. */
  def passed(function: Option[String], argument: String): Seq[Tensor] =
    function.toSeq.flatMap { name =>
      val arguments = serving.functions(name).getSignature.getInputArgList
      val place = (0 until arguments.size).find(arguments.get(_).getName == argument)
      for {
        number <- place.toSeq
        (caller, of) <- serving.callsOf(name)
        input <- dataInputs(caller).lift(number + (if (Choosing(caller.getOp)) 1 else 0))
      } yield (of, input)
    }

  /** What the functions that a node runs give for one of its outputs. */
  def returned(node: NodeDef, output: String): Seq[Tensor] =
    for {
      name <- serving.called(node)
      number <- index(output).toSeq
      function = serving.functions(name)
      if number < function.getSignature.getOutputArgCount
      result <- Option(function.getRetMap.get(function.getSignature.getOutputArg(number).getName))
    } yield (Some(name), result)

  /** Whether all that a node does is to call a function. */
  def isCall(node: NodeDef): Boolean =
    serving.called(node).nonEmpty &&
      (Calls(node.getOp) || serving.functions.contains(node.getOp))

  /** What a loop has for an output before its first round. */
  def begins(node: NodeDef, output: String): Option[String] =
    if (Loops(node.getOp)) index(output).flatMap(dataInputs(node).lift) else None

  // `node`, `node:1` and `node:output:1`.
  private def index(output: String): Option[Int] = output.split(':') match {
    case Array(_) => Some(0)
    case parts => Some(parts.last).filter(_.forall(_.isDigit)).map(_.toInt)
  }
}

private[savedmodel] object CallFlow {

  /** A function, or none for the graph, and a tensor there. */
  type Tensor = (Option[String], String)

  /** Beside ops whose name is the function's own. */
  val Calls: Set[String] = Set("PartitionedCall", "StatefulPartitionedCall")

  /** Their first input says which function runs. */
  val Choosing: Set[String] = Set("If", "StatelessIf", "Case", "StatelessCase")

  val Loops: Set[String] = Set("While", "StatelessWhile")
}
