package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT64
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * A slice of a sparse tensor that starts past its end is empty in newer TensorFlow. The runtime's
 * kernel gives it a negative size, and that ends the process. It also adds the start to the size.
 * So the rule limits both to the tensor's own size. Source: `sparse_tensor.h`, `Slice`.
 */
private[savedmodel] object SparseSlices extends NodeRule {
  override val ops: Set[String] = Set("SparseSlice")
  override val why = "a part of a sparse tensor ends where the tensor does"

  // inputs: indices, values, shape, start, size
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(indices, values, shape, start, size) = make.inputs
    def within(stated: String) = make.add("Minimum", "z", stated, shape)("T" -> kind(DT_INT64))
    make.finish("SparseSlice", indices, values, shape, within(start), within(size))(
      "T" -> node.getAttrOrThrow("T")
    )
  }
}
