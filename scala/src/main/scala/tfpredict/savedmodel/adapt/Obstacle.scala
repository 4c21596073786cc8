package tfpredict.savedmodel.adapt

import org.tensorflow.framework.NodeDef

/** A reason why a node cannot run. */
final private[savedmodel] case class Obstacle(
    node: NodeDef,
    function: Option[String],
    layer: Option[String],
    found: String,
    isForbidden: Boolean
) {
  override def toString: String = {
    val place = s"$found at node ${node.getName}${function.fold("")(f => s" in function $f")}"
    s"$place${layer.fold("")(l => s", of layer $l")}"
  }
}
