package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{AttrValue, NodeDef}

/**
 * Disables recovery of truncated JPEGs. With recovery, the runtime's decoder loops forever on some
 * bytes, and nothing can end a kernel. Without it, complete pictures decode the same, and a
 * truncated one is an error. Source: `MemFillInputBuffer` of `jpeg_handle.cc`, which claims data
 * where there is none.
 */
private[savedmodel] object TruncatedPictures extends NodeRule {
  private val Recover = "try_recover_truncated"

  override val ops: Set[String] = Set("DecodeJpeg", "DecodeAndCropJpeg")
  override val why = "a truncated JPEG is an error instead of half a picture"

  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (node.containsAttr(Recover) && node.getAttrOrThrow(Recover).getB) {
      val no = AttrValue.newBuilder().setB(false).build()
      Verdict.Replace(Seq(node.toBuilder.putAttr(Recover, no).build()))
    } else Verdict.Keep
}
