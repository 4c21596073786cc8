package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, NodeDef}

import tfpredict.messages.ErrorClass
import tfpredict.{ModelSpec, UnsupportedModelException}

/**
 * Rejects loops without a condition. TensorFlow 1's loops are cycles in the graph, and a `LoopCond`
 * decides a `Switch` of the cycle in each round. The runtime does not require this. A cycle without
 * a condition runs forever, and nothing can end it.
 */
private[savedmodel] object LoopConditions {

  /**
   * @throws UnsupportedModelException
   *   if a cycle has no condition
   */
  def check(model: ModelSpec, graph: MetaGraphDef): Unit = {
    val ofGraph = Seq(Option.empty[String] -> graph.getGraphDef.getNodeList.asScala)
    val ofFunctions = graph.getGraphDef.getLibrary.getFunctionList.asScala.map { function =>
      Option(function.getSignature.getName) -> function.getNodeDefList.asScala
    }
    for {
      (function, nodes) <- ofGraph ++ ofFunctions
      node <- unconditional(nodes.toSeq)
    } throw new UnsupportedModelException(
      ErrorClass.GraphUnsafe,
      model.label,
      "loops with a condition",
      s"a loop without a condition at node ${node.getName}" +
        function.fold("")(name => s" in function $name"),
      "Write the loop as tf.while_loop, and export the model again."
    )
  }

  private val Back = Set("NextIteration", "RefNextIteration")
  private val Switches = Set("Switch", "RefSwitch")

  // A node of a cycle that remains after all switches with a loop condition are removed.
  private def unconditional(nodes: Seq[NodeDef]): Option[NodeDef] =
    if (!nodes.exists(node => Back(node.getOp))) None
    else {
      val conditions = nodes.filter(_.getOp == "LoopCond").map(_.getName).toSet
      val left = nodes.filterNot { node =>
        Switches(node.getOp) && node.getInputCount > 1 &&
        conditions(ServingGraph.nodeOf(node.getInput(1)))
      }
      val names = left.map(_.getName).toSet
      val inputs = left.map { node =>
        node.getName -> node.getInputList.asScala.map(ServingGraph.nodeOf).filter(names).toSet
      }.toMap
      val circular = names -- Uses.inOrder(inputs)
      val found = left.filter(node => circular(node.getName))
      found.find(node => Back(node.getOp)).orElse(found.headOption)
    }
}
