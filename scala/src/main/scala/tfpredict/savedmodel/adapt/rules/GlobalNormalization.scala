package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_HALF}
import org.tensorflow.framework.NodeDef

/**
 * The normalization of networks of 2015. Its kernel does not check that there are as many
 * statistics as channels. Element-wise ops do. Source: `batch_norm_op.h`.
 */
private[savedmodel] object GlobalNormalization extends NodeRule {
  override val ops: Set[String] = Set("BatchNormWithGlobalNormalization")
  override val why =
    "BatchNormWithGlobalNormalization is (t - m) * rsqrt(v + epsilon) * gamma + beta"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = Fragment.inLoop(node, scope)
    val Seq(t, mean, variance, beta, gamma) = make.inputs
    val T = "T" -> node.getAttrOrThrow("T")
    val dtype = T._2.getType
    val written = if (dtype == DT_HALF) DT_FLOAT else dtype
    val epsilon = make.cast(
      make.real(node.getAttrOrThrow("variance_epsilon").getF.toDouble, written),
      written,
      dtype
    )
    val spread = make.add("Rsqrt", "y", make.add("Add", "z", variance, epsilon)(T))(T)
    val isScaled = node.getAttrOrThrow("scale_after_normalization").getB
    val scale = if (isScaled) make.add("Mul", "z", spread, gamma)(T) else spread
    val centered = make.add("Sub", "z", t, mean)(T)
    make.finish("Add", make.add("Mul", "z", centered, scale)(T), beta)(T)
      .copy(outputs = Map("result:0" -> "z:0"))
  }
}
