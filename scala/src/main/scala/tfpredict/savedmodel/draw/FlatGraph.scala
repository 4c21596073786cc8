package tfpredict.savedmodel.draw

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{FunctionDef, GraphDef, NodeDef}

/**
 * A graph in which calls of library functions are looked through: what a call gives is what the
 * function's body gives, and what a body takes is what its caller passed. Branches and loops stay
 * single nodes.
 */
final private[savedmodel] class FlatGraph(graph: GraphDef) {

  /** A body, of the graph or of one call; a function called twice is two. */
  final class Body private[FlatGraph] (
      nodes: Map[String, NodeDef],
      arguments: Map[String, (Body, String)]
  ) {
    private val calls = mutable.Map.empty[String, Body]
    private val placed = mutable.Map.empty[String, Placed]

    /**
     * The node that makes what a reference means; none where the graph lacks it.
     *
     * @param isOpaque
     *   whether to stop at a node that hands on its first input
     */
    @tailrec def origin(reference: String, isOpaque: NodeDef => Boolean): Option[Placed] = {
      val parts = reference.split(':')
      arguments.get(parts.head) match {
        case Some((caller, passed)) => caller.origin(passed, isOpaque)
        case None =>
          nodes.get(parts.head) match {
            case None => None
            case Some(node) =>
              called(node) match {
                case Some(function) =>
                  val body = calls.getOrElseUpdate(node.getName, enter(node, function))
                  body.origin(function.getRetOrThrow(output(function, node, parts)), isOpaque)
                case None if node.getOp == "Identity" && !isOpaque(node) =>
                  origin(node.getInput(0), isOpaque)
                case None => Some(placed.getOrElseUpdate(node.getName, new Placed(this, node)))
              }
          }
      }
    }

    private def enter(node: NodeDef, function: FunctionDef): Body = {
      val names = function.getSignature.getInputArgList.asScala.map(_.getName)
      val passed = node.getInputList.asScala.filterNot(_.startsWith("^"))
      new Body(
        byName(function.getNodeDefList.asScala.toSeq),
        names.zip(passed.map(reference => (this, reference))).toMap
      )
    }
  }

  /** A node of one body; there is one of these for each. */
  final class Placed private[FlatGraph] (val body: Body, val node: NodeDef)

  private val functions: Map[String, FunctionDef] =
    graph.getLibrary.getFunctionList.asScala.map(f => f.getSignature.getName -> f).toMap

  val root: Body = new Body(byName(graph.getNodeList.asScala.toSeq), Map.empty)

  private def byName(nodes: Seq[NodeDef]): Map[String, NodeDef] =
    nodes.map(node => node.getName -> node).toMap

  private def called(node: NodeDef): Option[FunctionDef] = node.getOp match {
    case "PartitionedCall" | "StatefulPartitionedCall" =>
      functions.get(node.getAttrOrThrow("f").getFunc.getName)
    case op => functions.get(op)
  }

  // In the graph `call:1`, in a function `call:output:1`; where the op is the function itself,
  // `call:name:0`.
  private def output(function: FunctionDef, node: NodeDef, parts: Array[String]): String = {
    val outputs = function.getSignature.getOutputArgList.asScala.map(_.getName)
    if (parts.length == 3 && node.getOp == function.getSignature.getName) parts(1)
    else outputs(if (parts.length == 1) 0 else parts.last.toInt)
  }
}
