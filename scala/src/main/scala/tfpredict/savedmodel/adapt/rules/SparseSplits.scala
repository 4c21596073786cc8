package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_INT64}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Resolves a negative axis of a sparse split. The runtime's kernel reads outside the shape for one.
 * Source: `sparse_split_op.cc`, of the runtime and of newer versions.
 */
private[savedmodel] object SparseSplits extends NodeRule {
  override val ops: Set[String] = Set("SparseSplit")
  override val why = "an axis of a sparse tensor is counted from the first"

  // inputs: split_dim, indices, values, shape
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(axis, indices, values, shape) = make.inputs
    if (scope.constant(axis).flatMap(Scope.elements).exists(_.forall(_ >= 0))) Verdict.Keep
    else {
      val rank = make.add("Size", "output", shape)(
        "T" -> kind(DT_INT64),
        "out_type" -> kind(DT_INT64)
      )
      val isBehind = make.add("Less", "z", axis, make.long(0))("T" -> kind(DT_INT64))
      val more = make.add("Mul", "z", make.cast(isBehind, DT_BOOL, DT_INT64), rank)(
        "T" -> kind(DT_INT64)
      )
      val counted = make.add("AddV2", "z", axis, more)("T" -> kind(DT_INT64))
      make.finish("SparseSplit", counted, indices, values, shape)(
        Seq("T", "num_split").map(name => name -> node.getAttrOrThrow(name)): _*
      )
    }
  }
}
