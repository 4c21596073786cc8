package tfpredict.savedmodel

import org.tensorflow.framework.NodeDef

/**
 * Nodes that TensorFlow 1.15 accepts and has no way to run on a CPU. They would fail in the job,
 * for every row.
 */
private[savedmodel] object MissingKernels {

  // The CPU's kernels of these take the channels last. Source: `tensorflow/core/kernels`.
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
    "FusedBatchNormV3"
  )

  /** What the CPU cannot run, in words. */
  def of(node: NodeDef): Option[String] = {
    val layout = Option(node.getAttrMap.get("data_format")).fold("")(_.getS.toStringUtf8)
    if (node.getOp.startsWith("CudnnRNN")) {
      Some(s"op ${node.getOp}, which has no kernel for a CPU,")
    } else if (channelsLast(node.getOp) && layout.startsWith("NC")) {
      Some(s"op ${node.getOp} with data_format=$layout, which has no kernel for a CPU,")
    } else None
  }
}
