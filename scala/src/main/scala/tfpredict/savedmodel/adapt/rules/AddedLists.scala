package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds, number}

/**
 * Adds lists of tensors without their static shapes. Gradients of loops have such sums. If the
 * shape of one list is known but not that of the last, the runtime's shape inference ends the
 * process. Source: `math_ops.cc`.
 */
private[savedmodel] object AddedLists extends NodeRule {
  override val ops: Set[String] = Set("AddN")
  override val why = "lists of tensors are added without what is known of their shapes"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val dtype = DataType.DT_VARIANT
    val count = make.inputs.size
    if (node.getAttrOrThrow("T").getType != dtype || count < 2) Verdict.Keep
    else {
      val lists = make.addList("IdentityN", "output", count, make.inputs: _*)(
        "T" -> kinds(Seq.fill(count)(dtype))
      )
      make.finish("AddN", lists: _*)("T" -> kind(dtype), "N" -> number(count.toLong))
    }
  }
}
