package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * An output whose dtype columns do not support, cast to the wider dtype.
 *
 * @param tensor
 *   the reference to the output's tensor
 * @param output
 *   the output's name in the signature
 */
final private[rules] class WideOutput(
    tensor: String,
    output: String,
    dtype: DataType,
    scope: Scope
) {
  private val wide = WideTensors.wider(dtype)

  private val make = {
    // Includes the output's number, since one node may have several outputs.
    val name = s"${tensor.replace(':', '_')}/tfpredict_wide"
    new Fragment(NodeDef.newBuilder().setName(name).build(), scope)
  }

  /** The name of the node with the wider output. */
  val name: String = {
    val cast = make.cast(tensor, dtype, wide)
    if (dtype != DT_UINT64) cast
    else {
      // The cast makes the upper half of uint64 negative.
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
