package tfpredict.savedmodel.adapt

import org.tensorflow.framework.NodeDef

/** Relates the tensors on both sides of a function call: arguments and results. */
final private[savedmodel] class CallFlow(serving: ServingGraph) {
  import CallFlow._
  import StateFlow.dataInputs

  /** The tensors that callers pass as a function's argument. */
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

  /** The tensors that a node's functions return as one of its outputs. */
  def returned(node: NodeDef, output: String): Seq[Tensor] =
    for {
      name <- serving.called(node)
      number <- index(output).toSeq
      function = serving.functions(name)
      if number < function.getSignature.getOutputArgCount
      result <- Option(function.getRetMap.get(function.getSignature.getOutputArg(number).getName))
    } yield (Some(name), result)

  /** Whether a node only calls a function. */
  def isCall(node: NodeDef): Boolean =
    serving.called(node).nonEmpty &&
      (Calls(node.getOp) || serving.functions.contains(node.getOp))

  /** The first round's input for a loop's output. */
  def begins(node: NodeDef, output: String): Option[String] =
    if (Loops(node.getOp)) index(output).flatMap(dataInputs(node).lift) else None

  // References are `node`, `node:1` or `node:output:1`.
  private def index(output: String): Option[Int] = output.split(':') match {
    case Array(_) => Some(0)
    case parts => Some(parts.last).filter(_.forall(_.isDigit)).map(_.toInt)
  }
}

private[savedmodel] object CallFlow {

  /** A function's name, or none for the graph, and a tensor in it. */
  type Tensor = (Option[String], String)

  /** Ops that call a function. A function's own name may be an op too. */
  val Calls: Set[String] = Set("PartitionedCall", "StatefulPartitionedCall")

  /** The first input of these ops chooses the function. */
  val Choosing: Set[String] = Set("If", "StatelessIf", "Case", "StatelessCase")

  val Loops: Set[String] = Set("While", "StatelessWhile")
}
