package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_FLOAT}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/** A function of float32 or float64, element by element, that is computed by other ops. */
private[rules] object RealFunction {

  /** @param formula gives its result, and the dtype of that, which is then cast to the node's */
  def apply(node: NodeDef, scope: Scope)(
      formula: (Fragment, DataType) => (String, DataType)
  ): Verdict = {
    val dtype = node.getAttrOrThrow("T").getType
    if (dtype != DT_FLOAT && dtype != DT_DOUBLE) {
      Verdict.Refuse(s"op ${node.getOp} of $dtype, where DT_FLOAT and DT_DOUBLE can be computed,")
    } else {
      val make = new Fragment(node, scope)
      val (result, of) = formula(make, dtype)
      // Of one dtype too: it is a node whose result has the name that the op's has.
      make.finish("Cast", result)("SrcT" -> kind(of), "DstT" -> kind(dtype))
    }
  }
}
