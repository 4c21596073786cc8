package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_INT32}
import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * `XlaDynamicUpdateSlice` writes a tensor into another of the same rank. The runtime supports it in
 * compiled graphs only. The rule pads the update to the other's size, and selects it at its place.
 * If the indices leave too little room, the update starts earlier. Source: `DynamicUpdateSlice` of
 * XLA's semantics.
 */
private[savedmodel] object UpdatedSlices extends NodeRule {
  override val ops: Set[String] = Set("XlaDynamicUpdateSlice")
  override val why = "XlaDynamicUpdateSlice is Select of the update with padding"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = Fragment.inLoop(node, scope)
    val Seq(whole, update, indices) = make.inputs
    val dtype = "T" -> node.getAttrOrThrow("T")
    val index = make.dtype("Tindices", DT_INT32)
    def shape(tensor: String) = make.add("Shape", "output", tensor)(dtype, "out_type" -> index)
    def numbers(op: String, first: String, second: String) =
      make.add(op, "z", first, second)("T" -> index)
    val size = shape(update)
    val room = numbers("Sub", shape(whole), size)
    val zero = make.cast(make.int(0), DT_INT32, index.getType)
    val begin = numbers("Minimum", numbers("Maximum", indices, zero), room)
    val around = make.addList("Pack", "output", 1, begin, numbers("Sub", room, begin))(
      "T" -> index,
      "N" -> Fragment.number(2),
      "axis" -> Fragment.number(1)
    ).head
    def padded(tensor: String, of: (String, AttrValue)) =
      make.add("Pad", "output", tensor, around)(of, "Tpaddings" -> index)
    val truth = make.cast(make.int(1), DT_INT32, DT_BOOL)
    val all = make.add("Fill", "output", size, truth)("T" -> kind(DT_BOOL), "index_type" -> index)
    val here = padded(all, "T" -> kind(DT_BOOL))
    make.finish("Select", here, padded(update, dtype), whole)(dtype)
  }
}
