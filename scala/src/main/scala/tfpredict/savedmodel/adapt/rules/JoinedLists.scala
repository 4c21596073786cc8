package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_INT64
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * `TensorListConcat` trusts its attribute for the elements' shapes, and writes outside the result
 * if the shapes differ. `TensorListConcatV2` takes the shapes as an input, and checks them. Each
 * element may have its own first size. Source: `list_kernels.h`.
 */
private[savedmodel] object JoinedLists extends NodeRule {
  override val ops: Set[String] = Set("TensorListConcat")
  override val why = "TensorListConcat is TensorListConcatV2"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(list) = make.inputs
    val shape = Option(node.getAttrMap.get("element_shape")).map(_.getShape)
      .filterNot(_.getUnknownRank)
      .map(_.getDimList.asScala.map(_.getSize.longValue).toSeq)
    // Scalars cannot be joined, and the runtime rejects them.
    val told = shape.fold(make.long(-1))(sizes =>
      make.longs(sizes.take(1).map(_ => -1L) ++ sizes.drop(1): _*)
    )
    make.finish("TensorListConcatV2", list, told, make.longs())(
      "element_dtype" -> node.getAttrOrThrow("element_dtype"),
      "shape_type" -> kind(DT_INT64)
    )
  }
}
