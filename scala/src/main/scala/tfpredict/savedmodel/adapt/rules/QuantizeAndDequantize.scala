package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * `QuantizeAndDequantizeV4` differs from the second version in two ways: its gradient, and an axis
 * whose slices have ranges of their own. Source: `array_ops.cc`.
 */
private[savedmodel] object QuantizeAndDequantize extends NodeRule {
  override val ops: Set[String] = Set("QuantizeAndDequantizeV4")
  override val why = "QuantizeAndDequantizeV4 of one range is QuantizeAndDequantizeV2"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val attributes = node.getAttrMap.asScala
    val axis = attributes.get("axis").fold(-1L)(_.getI)
    if (axis != -1)
      Verdict.Refuse(s"op QuantizeAndDequantizeV4 with a range for each slice of axis $axis")
    else {
      val make = new Fragment(node, scope)
      val kept = attributes.filterKeys(name => name != "axis" && !name.startsWith("_")).toSeq
      make.finish("QuantizeAndDequantizeV2", make.inputs: _*)(kept: _*)
    }
  }
}
