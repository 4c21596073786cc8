package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * An output of a dtype that no column has, cast to the wider.
 *
 * @param tensor
 *   the reference to it
 * @param output
 *   its name in the signature
 */
final private[rules] class WideOutput(
    tensor: String,
    output: String,
    dtype: DataType,
    scope: Scope
) {
  private val wide = WideTensors.wider(dtype)

  private val make = {
    // One node may have several outputs.
    val name = s"${tensor.replace(':', '_')}/tfpredict_wide"
    new Fragment(NodeDef.newBuilder().setName(name).build(), scope)
  }

  /** The node that gives it. */
  val name: String = {
    val cast = make.cast(tensor, dtype, wide)
    if (dtype != DT_UINT64) cast
    else {
      // The upper half has become negative.
      val check = new HeldValues(make, cast, wide)
      val waits = check.asserted(
        check.isWithin(0, Long.MaxValue),
        s"Output $output of uint64 as int64"
      )
      make.add("Identity", "output", cast, waits)("T" -> kind(wide))
    }
  }

  def nodes: Seq[NodeDef] = make.nodes
}
