package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.engine.OpCatalog

/** Reads the attributes of cuDNN's recurrent ops. */
private[rules] object CudnnAttributes {
  private def value(node: NodeDef, name: String)(implicit catalog: OpCatalog): Option[AttrValue] =
    Option(node.getAttrMap.get(name)).orElse(catalog.ops.defaultOf(node.getOp, name))

  def word(node: NodeDef, name: String)(implicit catalog: OpCatalog): String =
    value(node, name).fold("")(_.getS.toStringUtf8)

  /** A flag, which is true if the op has no such attribute. */
  def flag(node: NodeDef, name: String)(implicit catalog: OpCatalog): Boolean =
    value(node, name).forall(_.getB)

  def directions(node: NodeDef)(implicit catalog: OpCatalog): Int =
    if (word(node, "direction") == "bidirectional") 2 else 1

  /** A setting that ordinary layers never have, in words. */
  def unusual(node: NodeDef)(implicit catalog: OpCatalog): Option[String] = {
    val dropout = value(node, "dropout").fold(0f)(_.getF)
    val projection = value(node, "num_proj").fold(0L)(_.getI)
    val input = word(node, "input_mode")
    if (input != "linear_input") Some(s"input_mode=$input")
    else if (projection != 0) Some(s"num_proj=$projection")
    else if (dropout != 0 && flag(node, "is_training")) Some(s"dropout=$dropout in training")
    else None
  }
}
