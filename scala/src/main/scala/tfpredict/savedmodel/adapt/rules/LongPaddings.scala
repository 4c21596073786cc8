package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Converts paddings of int64 to int32. Where the runtime's int64 kernel merges dimensions, it reads
 * int32s, and ends the process. A guard ensures that the paddings fit.
 */
private[savedmodel] object LongPaddings extends NodeRule {
  override val ops: Set[String] = Set("Pad", "PadV2")

  override val why = "paddings of int64 are made ones of int32"

  // inputs: input, paddings, and constant_values if the op has it
  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (!Option(node.getAttrMap.get("Tpaddings")).exists(_.getType == DT_INT64)) Verdict.Keep
    else {
      val make = new Fragment(node, scope)
      val Seq(input, paddings, value @ _*) = make.inputs
      // A padding that does not fit is too large for any tensor. It stays too large here.
      val most = make.add("Minimum", "z", paddings, make.long(Int.MaxValue.toLong))(
        "T" -> kind(DT_INT64)
      )
      val kept = node.getAttrMap.asScala.toSeq.filterNot(_._1 == "Tpaddings")
      make.finish(node.getOp, Seq(input, make.cast(most, DT_INT64, DT_INT32)) ++ value: _*)(
        kept :+ ("Tpaddings" -> kind(DT_INT32)): _*
      )
    }
}
