package tfpredict.savedmodel

import org.tensorflow.framework.NodeDef

/**
 * Nodes that TensorFlow 1.15 accepts and has no way to run on a CPU. They would fail in the job,
 * for every row.
 */
private[savedmodel] object MissingKernels {

  // The CPU's kernels of these take the channels last, which the list of kernels does not tell.
  // Source: `tensorflow/core/kernels`.
  private val channelsLast = Set(
    "Conv2D",
    "Conv3D",
    "DepthwiseConv2dNative",
    "MaxPool",
    "MaxPool3D",
    "AvgPool",
    "AvgPool3D",
    "FusedBatchNorm",
    "FusedBatchNormV2",
    "FusedBatchNormV3",
    "Conv2DBackpropInput",
    "Conv3DBackpropInputV2",
    "DepthwiseConv2dNativeBackpropInput",
    "MaxPoolV2",
    "DepthToSpace",
    "SpaceToDepth"
  )

  // Has no kernel, since the runtime puts other ops in its place.
  private val rewritten = Set("AccumulateNV2")

  /** What the CPU cannot run, in words. */
  def of(node: NodeDef): Option[String] = {
    val op = node.getOp
    val layout = Option(node.getAttrMap.get("data_format")).fold("")(_.getS.toStringUtf8)
    if (channelsLast(op) && layout.startsWith("NC")) {
      Some(s"op $op with data_format=$layout, which has no kernel for a CPU,")
    } else if (rewritten(op) || !OpRegistry.runtime.contains(op)) None
    else Kernels.runtime.missing(node, OpRegistry.runtime)
  }
}
