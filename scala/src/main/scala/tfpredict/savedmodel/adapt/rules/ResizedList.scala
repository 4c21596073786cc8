package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Resizes a list before a write past its end, as a `TensorArray(dynamic_size=True)` needs. Source:
 * `list_kernels.cc` of 2.x, which resizes it to `index + 1`.
 */
private[savedmodel] object ResizedList extends NodeRule {
  override val ops: Set[String] = Set("TensorListSetItem")
  override val why = "a list that grows where it is written is resized before"

  private val Resizes = "resize_if_index_out_of_bounds"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (!Option(node.getAttrMap.get(Resizes)).exists(_.getB)) Verdict.Keep
    else {
      val make = Fragment.inLoop(node, scope)
      val Seq(list, index, item) = make.inputs
      val ints = "T" -> kind(DT_INT32)
      val length = make.add("TensorListLength", "length", list)()
      val next = make.add("AddV2", "z", index, make.int(1))(ints)
      val size = make.add("Maximum", "z", length, next)(ints)
      val resized = make.add("TensorListResize", "output_handle", list, size)()
      make.finish("TensorListSetItem", resized, index, item)(
        "element_dtype" -> node.getAttrOrThrow("element_dtype")
      )
    }
}
