package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_FLOAT}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/** An element-wise function of float32 or float64 that other ops compute. */
private[rules] object RealFunction {

  /**
   * @param formula
   *   returns the result and its dtype; the result is then cast to the node's dtype
   */
  def apply(node: NodeDef, scope: Scope)(
      formula: (Fragment, DataType) => (String, DataType)
  ): Verdict = {
    val dtype = node.getAttrOrThrow("T").getType
    if (dtype != DT_FLOAT && dtype != DT_DOUBLE) {
      Verdict.Refuse(s"op ${node.getOp} of $dtype, where DT_FLOAT and DT_DOUBLE can be computed,")
    } else {
      val make = new Fragment(node, scope)
      val (result, of) = formula(make, dtype)
      // Needed for equal dtypes too: this node keeps the original name.
      make.finish("Cast", result)("SrcT" -> kind(of), "DstT" -> kind(dtype))
    }
  }
}
