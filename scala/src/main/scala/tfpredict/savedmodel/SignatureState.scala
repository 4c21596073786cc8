package tfpredict.savedmodel

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{DataType, NodeDef, SignatureDef}

/**
 * What a signature's outputs depend on beside its inputs: random numbers, and variables that the
 * signature itself writes. What cannot reach an output does not count.
 *
 * @param outputs
 *   names of those that are wanted; none means all
 */
final private[savedmodel] class SignatureState(
    serving: ServingGraph,
    signature: SignatureDef,
    outputs: Seq[String]
) {
  import ServingGraph.nodeOf
  import SignatureState._

  private val fed = signature.getInputsMap.values.asScala.map(info => nodeOf(info.getName)).toSet

  /** Nodes whose values reach an output. */
  private val values: Set[Place] = {
    val reached = mutable.LinkedHashSet.empty[Place]
    val pending = mutable.ArrayStack[Place]()
    signature.getOutputsMap.asScala.foreach { case (name, tensor) =>
      if (outputs.isEmpty || outputs.contains(name)) pending.push((None, nodeOf(tensor.getName)))
    }
    while (pending.nonEmpty) {
      val place = pending.pop()
      find(place).filter(_ => reached.add(place)).foreach { node =>
        if (place._1.isDefined || !fed(node.getName)) {
          dataInputs(node).foreach(input => pending.push((place._1, nodeOf(input))))
          // An iterator's first element needs what fills the iterator.
          node.getInputList.asScala
            .filter(_.startsWith("^"))
            .map(input => (place._1, input.drop(1)))
            .filter(find(_).exists(_.getOp == "MakeIterator"))
            .foreach(pending.push(_))
          serving.called(node).foreach { name =>
            serving.functions(name).getRetMap.values.asScala.foreach { result =>
              pending.push((Some(name), nodeOf(result)))
            }
          }
        }
      }
    }
    reached.toSet
  }

  /** A node that draws random numbers which reach an output. */
  def random: Option[Place] = sorted(values).find(find(_).exists(StatefulOps.isRandom))

  /** Nodes that write a state which an output depends on. */
  def writes: Seq[(NodeDef, Option[String])] = {
    val reach = serving.ofSignature(signature)
    val run = reach.nodes.map(name => (Option.empty[String], name)) ++ reach.functions.flatMap {
      name => serving.functions(name).getNodeDefList.asScala.map(n => (Option(name), n.getName))
    }
    val writing = sorted(run).filter(find(_).exists(node => StatefulOps.isWrite(node.getOp)))
    if (writing.isEmpty) Nil
    else {
      val read = values.flatMap { place =>
        find(place).filterNot(isHandedOn).toSet[NodeDef]
          .flatMap(dataInputs(_).flatMap(states(place._1, _)))
      }
      writing.filter { place =>
        val written = find(place).toSeq.flatMap(dataInputs(_).headOption).flatMap(
          states(place._1, _)
        )
        values(place) || written.exists(read) ||
        // What cannot be told apart may be the same.
        read(Unknown) && written.nonEmpty || written.contains(Unknown) && read.nonEmpty
      }.flatMap(place => find(place).map(_ -> place._1))
    }
  }

  /** Placeholders that an output needs and the signature does not feed. */
  def unfed: Seq[NodeDef] =
    sorted(values)
      .collect { case place @ (None, _) => place }
      .flatMap(find)
      .filter(node => Placeholders(node.getOp) && !fed(node.getName))

  // Variables, tables and queues that a reference may mean.
  private def states(
      function: Option[String],
      input: String,
      seen: Set[(Option[String], String)] = Set.empty
  ): Set[String] =
    if (seen((function, input))) Set.empty
    else {
      def next(in: Option[String], of: String) = states(in, of, seen + ((function, input)))
      find((function, nodeOf(input))) match {
        case Some(node) if Passing(node.getOp) =>
          dataInputs(node).flatMap(next(function, _)).toSet
        case Some(node) if dataInputs(node).isEmpty => Set(serving.identify(node))
        case Some(node) if givesHandles(node) => Set(Unknown)
        case Some(_) => Set.empty
        case None => function.toSet[String].flatMap(passed(_, nodeOf(input), next))
      }
    }

  // What callers pass for an argument; only resources are states.
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
    serving.called(node).nonEmpty ||
      Passing(node.getOp) && dataInputs(node).forall(_ => isResource(node))

  private def isResource(node: NodeDef): Boolean =
    Option(node.getAttrMap.get("T")).exists(_.getType == DataType.DT_RESOURCE)

  private def givesHandles(node: NodeDef): Boolean =
    node.getAttrMap.values.asScala.exists(value =>
      value.getType == DataType.DT_RESOURCE ||
        value.getList.getTypeList.contains(DataType.DT_RESOURCE)
    )

  private def find(place: Place): Option[NodeDef] = place match {
    case (None, name) => serving.nodes.get(name)
    case (Some(function), name) => serving.bodies(function).get(name)
  }

  private def sorted(places: Set[Place]): Seq[Place] =
    places.toSeq.sortBy { case (function, name) => (function.getOrElse(""), name) }
}

private object SignatureState {

  /** A function, or none for the graph, and a node there. */
  type Place = (Option[String], String)

  private val Unknown = "*"
  private val Placeholders = Set("Placeholder", "PlaceholderV2")
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

  private def dataInputs(node: NodeDef): Seq[String] =
    node.getInputList.asScala.filterNot(_.startsWith("^"))

}
