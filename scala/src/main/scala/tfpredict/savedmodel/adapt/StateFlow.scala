package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{DataType, NodeDef, SignatureDef}

/**
 * Finds the values that reach a tensor, and the variables, tables and queues that they come from.
 */
final private[savedmodel] class StateFlow(serving: ServingGraph) {
  import ServingGraph.nodeOf
  import StateFlow._

  def find(place: Place): Option[NodeDef] = place match {
    case (None, name) => serving.nodes.get(name)
    case (Some(function), name) => serving.bodies.get(function).flatMap(_.get(name))
  }

  /** The places of a signature's outputs. */
  def outputs(signature: SignatureDef, isWanted: String => Boolean = _ => true): Seq[Place] =
    signature.getOutputsMap.asScala.toSeq.collect {
      case (name, tensor) if isWanted(name) => (None, nodeOf(tensor.getName))
    }

  /** Nodes of the graph that a signature feeds. */
  def fed(signature: SignatureDef): Set[String] =
    signature.getInputsMap.values.asScala.map(info => nodeOf(info.getName)).toSet

  /**
   * Nodes whose values reach the given ones.
   *
   * @param fed
   *   nodes of the graph whose own inputs are not followed
   */
  def reaching(places: Iterable[Place], fed: Set[String]): Set[Place] = {
    val reached = mutable.LinkedHashSet.empty[Place]
    val pending = mutable.ArrayStack[Place]()
    pending ++= places
    while (pending.nonEmpty) {
      val place = pending.pop()
      find(place).filter(_ => reached.add(place)).foreach { node =>
        if (place._1.isDefined || !fed(node.getName)) pending ++= neededBy(place._1, node)
      }
    }
    reached.toSet
  }

  /** The nodes that a node's outputs are computed from. */
  def neededBy(function: Option[String], node: NodeDef): Seq[Place] =
    dataInputs(node).map(input => (function, nodeOf(input))) ++
      deciding(function, node) ++
      serving.called(node).flatMap(results)

  /** The control inputs that change a node's outputs. */
  def deciding(function: Option[String], node: NodeDef): Seq[Place] =
    controlInputs(node).map(name => (function, name)).filter(decides)

  /** The nodes that return a function's results. */
  def results(function: String): Seq[Place] =
    serving.functions(function).getRetMap.values.asScala.toSeq
      .map(result => (Option(function), nodeOf(result)))

  // Whether a control input matters. An iterator must be filled before its first element. A
  // constant in a branch exists only if the condition chose that branch.
  private def decides(place: Place): Boolean = find(place).exists { node =>
    node.getOp match {
      case "MakeIterator" | "Switch" | "RefSwitch" => true
      case "Identity" => dataInputs(node).headOption.exists { input =>
          find((place._1, nodeOf(input))).exists(_.getOp == "Switch")
        }
      case _ => false
    }
  }

  /** Whether an input is a constant. */
  def isConstant(function: Option[String], input: String): Boolean =
    Iterator
      .iterate(find((function, nodeOf(input)))) { found =>
        found
          .filter(_.getOp == "Identity")
          .flatMap(dataInputs(_).headOption)
          .flatMap(next => find((function, nodeOf(next))))
      }
      .take(Most)
      .takeWhile(_.isDefined)
      .flatten
      .exists(_.getOp == "Const")

  /** States that the values are read from. */
  def read(values: Set[Place]): Set[String] = values.flatMap { place =>
    find(place).filterNot(isHandedOn).toSet[NodeDef]
      .flatMap(dataInputs(_).flatMap(states(place._1, _, Set.empty)))
  }

  /** States that a node writes. A node's first input is the state. */
  def written(place: Place): Set[String] = states(place, 0)

  /** States that an input of a node may refer to. */
  def states(place: Place, input: Int): Set[String] =
    find(place).toSeq.flatMap(dataInputs(_).lift(input)).flatMap(states(
      place._1,
      _,
      Set.empty
    )).toSet

  /** Whether a read may see a write. States that cannot be distinguished count as the same. */
  def isRead(written: Set[String], read: Set[String]): Boolean =
    written.exists(read) || read(Unknown) && written.nonEmpty ||
      written.contains(Unknown) && read.nonEmpty

  private def states(
      function: Option[String],
      input: String,
      seen: Set[(Option[String], String)]
  ): Set[String] =
    if (seen((function, input))) Set.empty
    else if (seen.size > Most) Set(Unknown)
    else {
      def next(in: Option[String], of: String) = states(in, of, seen + ((function, input)))
      find((function, nodeOf(input))) match {
        case Some(node) if Passing(node.getOp) =>
          dataInputs(node).flatMap(next(function, _)).toSet
        case Some(node) if dataInputs(node).isEmpty => Set(serving.identify(node))
        case Some(node) if isHandle(node, input) => Set(Unknown)
        case Some(_) => Set.empty
        case None => function.toSet[String].flatMap(passed(_, nodeOf(input), next))
      }
    }

  // The states of a function's argument, from all callers. Only resources are states.
  private def passed(
      function: String,
      argument: String,
      next: (Option[String], String) => Set[String]
  ): Set[String] = {
    val arguments = serving.functions(function).getSignature.getInputArgList.asScala
    val index = arguments.indexWhere(_.getName == argument)
    if (index < 0 || arguments(index).getType != DataType.DT_RESOURCE) Set.empty
    else
      serving.callsOf(function).flatMap { case (caller, place) =>
        val from = caller.getOp match {
          case "PartitionedCall" | "StatefulPartitionedCall" | "While" | "StatelessWhile" => 0
          case `function` => 0
          case "If" | "StatelessIf" | "Case" | "StatelessCase" => 1
          case _ => -1
        }
        val inputs = dataInputs(caller)
        if (from < 0 || index + from >= inputs.size) Set(Unknown)
        else next(place, inputs(index + from))
      }.toSet
  }

  private def isHandedOn(node: NodeDef): Boolean =
    serving.called(node).nonEmpty || Passing(node.getOp) && isResource(node)

  private def isResource(node: NodeDef): Boolean =
    Option(node.getAttrMap.get("T")).exists(_.getType == DataType.DT_RESOURCE)

  // Whether the input refers to a handle among the node's outputs.
  private def isHandle(node: NodeDef, input: String): Boolean = {
    val outputs = serving.functions.get(node.getOp) match {
      case Some(function) =>
        function.getSignature.getOutputArgList.asScala.map(arg => arg.getName -> Seq(arg.getType))
      case None => serving.catalog.ops.outputs(node)
    }
    val dtypes = input.split(":") match {
      case Array(_, name, index) =>
        outputs.find(_._1 == name).flatMap(_._2.lift(index.toInt)).toSeq
      case Array(_, index) => outputs.flatMap(_._2).lift(index.toInt).toSeq
      case _ => outputs.flatMap(_._2).take(1)
    }
    dtypes.contains(DataType.DT_RESOURCE)
  }
}

private[savedmodel] object StateFlow {

  /** A function's name, or none for the graph, and a node's name in it. */
  type Place = (Option[String], String)

  /** A state that could not be determined. */
  val Unknown = "*"

  // Maximum steps to a variable or a constant. No real model has as many.
  private val Most = 500

  private val Passing = Set(
    "Identity",
    "Enter",
    "Exit",
    "Switch",
    "Merge",
    "NextIteration",
    "RefIdentity",
    "RefEnter",
    "RefExit",
    "RefSwitch",
    "RefMerge",
    "RefNextIteration"
  )

  def dataInputs(node: NodeDef): Seq[String] =
    node.getInputList.asScala.filterNot(_.startsWith("^")).toSeq

  /** Names of the nodes that a node waits for. */
  def controlInputs(node: NodeDef): Seq[String] =
    node.getInputList.asScala.filter(_.startsWith("^")).map(_.drop(1)).toSeq
}
