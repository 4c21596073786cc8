package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{MetaGraphDef, NodeDef, TensorShapeProto}

/**
 * The tree of objects that TensorFlow's Python keeps beside a graph, and by which it restores
 * variables: each function that was saved says of which objects the tensors are that it is called
 * with, and an object's path from the root is its key in the checkpoint.
 *
 * Sources: `tensorflow/python/saved_model/load.py`, `_setup_function_captures`;
 * `tensorflow/python/trackable/trackable_utils.py`, `checkpoint_key`.
 */
final private[savedmodel] class ObjectGraph(graph: MetaGraphDef, serving: ServingGraph) {
  import ObjectGraph._

  private val objects = graph.getObjectGraphDef

  /**
   * The key of a variable's value in the checkpoint; none where its object is not known for sure.
   */
  def key(handle: NodeDef): Option[String] =
    captured.getOrElse(handle.getName, Set.empty).toSeq match {
      case Seq(id) if isOf(id, handle) => paths.get(id).map(path => s"$path/$Value")
      case _ => None
    }

  // The objects as which calls pass each node's tensor: more than one say nothing.
  private lazy val captured: Map[String, Set[Int]] = {
    val found = for {
      call <- serving.nodes.values.toSeq
      if Calls(call.getOp)
      function <- serving.called(call)
      concrete <- Option(objects.getConcreteFunctionsMap.get(function)).toSeq
      inputs = StateFlow.dataInputs(call)
      ids = concrete.getBoundInputsList.asScala.map(_.intValue)
      if inputs.size == serving.functions(function).getSignature.getInputArgCount
      if ids.size <= inputs.size
      // What a function captured comes after its own arguments.
      (input, id) <- inputs.takeRight(ids.size).zip(ids)
    } yield ServingGraph.nodeOf(input) -> id
    found.groupBy(_._1).map { case (node, ids) => node -> ids.map(_._2).toSet }
  }

  private def isOf(id: Int, handle: NodeDef): Boolean =
    id >= 0 && id < objects.getNodesCount && objects.getNodes(id).hasVariable && {
      val variable = objects.getNodes(id).getVariable
      val attributes = handle.getAttrMap
      isName(variable.getName, handle.getName) &&
      attributes.containsKey("dtype") && attributes.containsKey("shape") &&
      variable.getDtypeValue == attributes.get("dtype").getTypeValue &&
      fits(variable.getShape, attributes.get("shape").getShape)
    }

  // By the shortest path from the root, as the checkpoint has it.
  private lazy val paths: Map[Int, String] = {
    val found = mutable.Map(0 -> Vector.empty[String])
    val pending = mutable.Queue(0)
    while (pending.nonEmpty) {
      val id = pending.dequeue()
      for {
        child <- objects.getNodes(id).getChildrenList.asScala
        next = child.getNodeId
        if next >= 0 && next < objects.getNodesCount && !found.contains(next)
      } {
        found(next) = found(id) :+ escaped(child.getLocalName)
        pending.enqueue(next)
      }
    }
    found.map { case (id, path) => id -> path.mkString("/") }.toMap
  }
}

private[savedmodel] object ObjectGraph {
  private val Calls = Set("PartitionedCall", "StatefulPartitionedCall")
  private val Value = ".ATTRIBUTES/VARIABLE_VALUE"

  /** Whether a tensor of one shape may have the other; unknown dimensions may be any. */
  def fits(one: TensorShapeProto, other: TensorShapeProto): Boolean =
    one.getUnknownRank || other.getUnknownRank || one.getDimCount == other.getDimCount &&
      one.getDimList.asScala.map(_.getSize).zip(other.getDimList.asScala.map(_.getSize)).forall {
        case (left, right) => left < 0 || right < 0 || left == right
      }

  // Of two variables with one name, a graph calls the second by the name and a number.
  private def isName(variable: String, node: String): Boolean =
    node == variable || node.startsWith(s"${variable}_") &&
      node.drop(variable.length + 1).matches("\\d+")

  private def escaped(name: String): String = name.replace(".", "..").replace("/", ".S")
}
