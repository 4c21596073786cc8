package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{MetaGraphDef, NodeDef, TensorShapeProto}

/**
 * The tree of objects that TensorFlow's Python stores beside a graph and uses to restore variables.
 * Each saved function lists the objects whose tensors it is called with. An object's path from the
 * root is its key in the checkpoint.
 *
 * Sources: `tensorflow/python/saved_model/load.py`, `_setup_function_captures`;
 * `tensorflow/python/trackable/trackable_utils.py`, `checkpoint_key`.
 */
final private[savedmodel] class ObjectGraph(graph: MetaGraphDef, serving: ServingGraph) {
  import ObjectGraph._

  private val objects = graph.getObjectGraphDef

  /** The key of a variable's value in the checkpoint, or none if its object is ambiguous. */
  def key(handle: NodeDef): Option[String] =
    captured.getOrElse(handle.getName, Set.empty).toSeq match {
      case Seq(id) if isOf(id, handle) => paths.get(id).map(path => s"$path/$Value")
      case _ => None
    }

  // The objects that calls associate with each node's tensor. Several objects make it ambiguous.
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
      // A function's captured tensors come after its own arguments.
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

  // Checkpoints use the shortest path from the root.
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

  /** Whether two shapes are compatible. An unknown dimension matches any size. */
  def fits(one: TensorShapeProto, other: TensorShapeProto): Boolean =
    one.getUnknownRank || other.getUnknownRank || one.getDimCount == other.getDimCount &&
      one.getDimList.asScala.map(_.getSize).zip(other.getDimList.asScala.map(_.getSize)).forall {
        case (left, right) => left < 0 || right < 0 || left == right
      }

  // If two variables share a name, the graph adds a number to the second.
  private def isName(variable: String, node: String): Boolean =
    node == variable || node.startsWith(s"${variable}_") &&
      node.drop(variable.length + 1).matches("\\d+")

  private def escaped(name: String): String = name.replace(".", "..").replace("/", ".S")
}
