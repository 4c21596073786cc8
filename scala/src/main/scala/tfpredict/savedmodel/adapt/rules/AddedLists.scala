package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds, number}

/**
 * Lists of tensors that are added, as gradients of loops are. What is known of their shapes is left
 * behind: where it is known of one and not of the last, the runtime's look for shapes ends the
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
