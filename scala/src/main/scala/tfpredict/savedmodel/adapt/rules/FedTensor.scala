package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, NodeDef}

/** A tensor that a signature feeds, where another than the model's own is to be fed. */
private[rules] trait FedTensor {

  /** What is fed. */
  def placeholder: String

  /** What the model is given then, as the graph's nodes refer to it. */
  def stated: String

  /** The placeholder, and what makes the one of the other. */
  def nodes: Seq[NodeDef]
}

private[rules] object FedTensor {

  /** As the nodes of a graph refer to a tensor: a first output has no number. */
  def reference(tensor: String): String = tensor.stripSuffix(":0")

  /**
   * The graph in which all that took such a tensor takes what is made of what is fed.
   *
   * @param fed
   *   by the reference to the tensor
   */
  def put(graph: MetaGraphDef, fed: Map[String, FedTensor]): MetaGraphDef = {
    val made = fed.values.flatMap(_.nodes).toSeq
    val names = made.map(_.getName).toSet
    val kept = graph.getGraphDef.getNodeList.asScala.filterNot(node => names(node.getName))
    val builder = graph.toBuilder
    builder.getGraphDefBuilder
      .clearNode()
      .addAllNode(kept.map(rewired(_, fed)).asJava)
      .addAllNode(made.asJava)
    builder.build()
  }

  private def rewired(node: NodeDef, fed: Map[String, FedTensor]): NodeDef = {
    val inputs = node.getInputList.asScala
    def isFed(input: String) = fed.contains(reference(input))
    if (!inputs.exists(isFed)) node
    else {
      val stated = inputs.map(input => fed.get(reference(input)).fold(input)(_.stated))
      node.toBuilder.clearInput().addAllInput(stated.asJava).build()
    }
  }
}
