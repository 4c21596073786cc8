package tfpredict.savedmodel.draw

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{FunctionDef, GraphDef, NodeDef}

/**
 * A graph with its calls of library functions resolved. A call's output is the output of the
 * function's body, and an argument in the body is the caller's value. Branches and loops stay
 * single nodes.
 */
final private[savedmodel] class FlatGraph(graph: GraphDef) {

  /** The body of the graph or of one call. A function that is called twice has two bodies. */
  final class Body private[FlatGraph] (
      nodes: Map[String, NodeDef],
      arguments: Map[String, (Body, String)]
  ) {
    private val calls = mutable.Map.empty[String, Body]
    private val placed = mutable.Map.empty[String, Placed]

    /**
     * The node that computes a reference, or none if the graph lacks it.
     *
     * @param isOpaque
     *   whether to stop at an `Identity` node, instead of following its input
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

  /** A node of one body. There is exactly one object for each. */
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

  // References are `call:1` in the graph, and `call:output:1` in a function. If the op is the
  // function's own name, they are `call:name:0`.
  private def output(function: FunctionDef, node: NodeDef, parts: Array[String]): String = {
    val outputs = function.getSignature.getOutputArgList.asScala.map(_.getName)
    if (parts.length == 3 && node.getOp == function.getSignature.getName) parts(1)
    else outputs(if (parts.length == 1) 0 else parts.last.toInt)
  }
}
