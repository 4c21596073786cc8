package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_INT32, DT_INT64}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * `Reverse` has a flag for each dimension. `ReverseV2` lists the dimensions to reverse. The first
 * one divides by sizes, even by 0. Source: `reverse_op.cc`.
 */
private[savedmodel] object ReversedFlags extends NodeRule {
  override val ops: Set[String] = Set("Reverse")
  override val why = "Reverse is ReverseV2 of the dimensions that it flags"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = Fragment.inLoop(node, scope)
    val Seq(tensor, flags) = make.inputs
    val T = "T" -> node.getAttrOrThrow("T")
    val (axes, dtype) = scope.flags(flags) match {
      case Some(known) =>
        (make.ints(known.indices.filter(known): _*), DT_INT32)
      case None =>
        val places = make.add("Where", "index", flags)("T" -> kind(DT_BOOL))
        val flat = make.add("Reshape", "output", places, make.ints(-1))(
          "T" -> kind(DT_INT64),
          "Tshape" -> kind(DT_INT32)
        )
        (flat, DT_INT64)
    }
    make.finish("ReverseV2", tensor, axes)(T, "Tidx" -> kind(dtype))
  }
}
