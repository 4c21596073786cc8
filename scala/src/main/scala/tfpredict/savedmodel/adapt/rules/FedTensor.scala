package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, NodeDef}

/** Feeds a signature's tensor in another form than the model's own. */
private[rules] trait FedTensor {

  /** The name of the placeholder that is fed. */
  def placeholder: String

  /** A reference to the tensor in the model's own form. */
  def stated: String

  /** The placeholder, and the nodes that convert it. */
  def nodes: Seq[NodeDef]
}

private[rules] object FedTensor {

  /** A reference in the form that a graph's nodes use: a first output has no number. */
  def reference(tensor: String): String = tensor.stripSuffix(":0")

  /**
   * Connects all users of such tensors to the converted ones.
   *
   * @param fed
   *   the conversions, by the reference to the model's tensor
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
