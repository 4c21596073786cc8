package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.NodeDef

/**
 * A graph's or function's nodes without the branches that never run. Each decided `Switch` becomes
 * an `Identity`, and each `Merge` keeps only its live inputs.
 *
 * @param results
 *   tensors that the caller fetches
 * @param value
 *   the value of a boolean, if every run has the same
 */
final private[savedmodel] class DecidedBranches(
    function: Option[String],
    all: Seq[NodeDef],
    results: Iterable[String],
    value: String => Option[Boolean]
) {
  import DecidedBranches._
  import ServingGraph.nodeOf
  import StateFlow.{controlInputs, dataInputs}

  /** The output that each decided switch never gives. */
  private val closed: Map[String, Int] =
    all.filter(node => Switches(node.getOp)).flatMap { node =>
      dataInputs(node).lift(1).flatMap(value).map(taken => node.getName -> (if (taken) 0 else 1))
    }.toMap

  private val dead: Set[String] = {
    val takers = all
      .flatMap(node => node.getInputList.asScala.map(nodeOf(_) -> node))
      .groupBy(_._1)
      .mapValues(_.map(_._2))
    val found = mutable.Set.empty[String]
    val pending = mutable.Queue[String](closed.keys.toSeq: _*)
    while (pending.nonEmpty)
      takers.getOrElse(pending.dequeue(), Nil)
        .filter(node => isDead(node, found) && found.add(node.getName))
        .foreach(node => pending.enqueue(node.getName))
    found.toSet
  }

  private def isDead(node: NodeDef, found: String => Boolean): Boolean = {
    val data = dataInputs(node).map(isDead(_, found))
    controlInputs(node).exists(found) ||
    (if (Merges(node.getOp)) data.nonEmpty && data.forall(identity) else data.contains(true))
  }

  private def isDead(input: String, found: String => Boolean): Boolean =
    found(nodeOf(input)) || closed.get(nodeOf(input)).contains(index(input))

  // Keeps all nodes if something fetches a dead tensor, or asks a `Merge` which branch ran.
  private val isLeft: Boolean = closed.isEmpty || results.exists(isDead(_, dead)) || {
    val merges = all.filter(node => Merges(node.getOp)).map(_.getName).toSet
    def asks(tensor: String) = merges(nodeOf(tensor)) && index(tensor) == 1
    results.exists(asks) || all.exists(dataInputs(_).exists(asks))
  }

  val nodes: Seq[NodeDef] = if (isLeft) all else all.filterNot(of => dead(of.getName)).map(linked)

  /** The name of a tensor among the remaining nodes. */
  def reference(tensor: String): String =
    if (isLeft || !closed.contains(nodeOf(tensor))) tensor
    else if (function.isDefined) s"${nodeOf(tensor)}:output:0"
    else nodeOf(tensor)

  private def linked(node: NodeDef): NodeDef = {
    val data = dataInputs(node)
    val builder = node.toBuilder.clearInput()
    def add(inputs: Seq[String]) = {
      builder.addAllInput(inputs.map(reference).asJava)
      builder.addAllInput(controlInputs(node).map("^" + _).asJava)
    }
    val left = data.filterNot(isDead(_, dead))
    if (closed.contains(node.getName)) {
      add(data.take(1))
      builder.setOp(Same(node.getOp))
    } else if (Merges(node.getOp) && left.size < data.size) {
      add(left)
      if (left.size == 1) builder.setOp(Same(node.getOp)).removeAttr("N")
      else builder.putAttr("N", rules.Fragment.number(left.size.toLong))
    } else add(data)
    builder.build()
  }

  private def index(tensor: String): Int = tensor.split(':') match {
    case Array(_, "output_true" | "value_index", _) => 1
    case Array(_, "1") => 1
    case _ => 0
  }
}

private object DecidedBranches {
  private val Switches = Set("Switch", "RefSwitch")

  private val Merges = Set("Merge", "RefMerge")

  private val Same = Map(
    "Switch" -> "Identity",
    "RefSwitch" -> "RefIdentity",
    "Merge" -> "Identity",
    "RefMerge" -> "RefIdentity"
  )
}
