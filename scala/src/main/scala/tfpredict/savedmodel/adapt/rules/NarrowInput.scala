package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorInfo}

import tfpredict.savedmodel.adapt.rules.Fragment.kind
import tfpredict.tensor.DType

/**
 * An input whose dtype columns do not support. It is fed in the wider dtype, checked, and cast.
 *
 * @param tensor
 *   the reference to the input's tensor
 * @param name
 *   the input's name in its signature
 */
final private[rules] class NarrowInput(
    node: NodeDef,
    tensor: String,
    name: String,
    info: TensorInfo,
    scope: Scope
) extends FedTensor {
  private val narrow = info.getDtype
  private val wide = WideTensors.wider(narrow)

  private val isPlaceholder = node.getOp == "Placeholder"
  private val isOptional = node.getOp == "PlaceholderWithDefault"

  // Keeps the name of a placeholder, since a program may use it. Any other tensor can be fed too.
  override val placeholder: String =
    if (isPlaceholder || isOptional) node.getName
    else s"${node.getName}/tfpredict_fed_${tensor.split(':').lift(1).getOrElse("0")}"

  private val make = new Fragment(node.toBuilder.setName(placeholder).clearInput().build(), scope)

  private val fed: NodeDef =
    if (isPlaceholder) node.toBuilder.putAttr("dtype", kind(wide)).build()
    else {
      val default = make.cast(if (isOptional) node.getInput(0) else tensor, narrow, wide)
      NodeDef
        .newBuilder()
        .setName(placeholder)
        .setOp("PlaceholderWithDefault")
        .addInput(default)
        .putAttr("dtype", kind(wide))
        .putAttr("shape", AttrValue.newBuilder().setShape(info.getTensorShape).build())
        .build()
    }

  override val stated: String = {
    val check = new HeldValues(make, placeholder, wide)
    val holds =
      if (wide == DT_FLOAT) check.isFinite(narrow)
      else {
        val (low, high) = NarrowInput.ranges(narrow)
        check.isWithin(low, high)
      }
    val waits = check.asserted(holds, s"Input $name of ${NarrowInput.word(narrow)}")
    // Rules read shapes from this attribute.
    val shapes =
      node.getAttrMap.asScala.get("_output_shapes").filter(_ => placeholder == node.getName)
    val attributes = Seq("SrcT" -> kind(wide), "DstT" -> kind(narrow)) ++
      shapes.map("_output_shapes" -> _)
    make.add("Cast", "y", placeholder, waits)(attributes: _*)
  }

  override def nodes: Seq[NodeDef] = fed +: make.nodes
}

private[rules] object NarrowInput {

  /** A dtype's name in messages. */
  def word(dtype: DataType): String = DType.ofNumber(dtype.getNumber).name

  private val ranges: Map[DataType, (Long, Long)] = Map(
    DT_INT8 -> ((-128L, 127L)),
    DT_INT16 -> ((-32768L, 32767L)),
    DT_UINT16 -> ((0L, 65535L)),
    DT_UINT32 -> ((0L, 4294967295L)),
    DT_UINT64 -> ((0L, Long.MaxValue))
  )
}
