package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_RESOURCE, DT_STRING, DT_VARIANT}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.engine.{Kernels, OpCatalog}

/**
 * Finds nodes that the runtime accepts but cannot run on a CPU. They would fail for every row of a
 * job, or return wrong results.
 */
private[savedmodel] object MissingKernels {

  // The CPU kernels of these ops support channels last only. The list of kernels does not show
  // that. Source: `tensorflow/core/kernels`.
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
    "SpaceToDepth",
    // Gradients, for models whose outputs are gradients.
    "Conv2DBackpropFilter",
    "Conv3DBackpropFilterV2",
    "DepthwiseConv2dNativeBackpropFilter",
    "MaxPoolGrad",
    "MaxPoolGradV2",
    "MaxPoolGradGrad",
    "MaxPoolGradGradV2",
    "MaxPool3DGrad",
    "MaxPool3DGradGrad",
    "AvgPoolGrad",
    "AvgPool3DGrad",
    "FusedBatchNormGrad",
    "FusedBatchNormGradV2",
    "FusedBatchNormGradV3"
  )

  // The kernels do not support dilations.
  private val undilated = Set(
    "Conv3D",
    "Conv2DBackpropInput",
    "Conv2DBackpropFilter",
    "Conv3DBackpropInputV2",
    "Conv3DBackpropFilterV2"
  )

  // The kernels silently ignore dilations.
  private val undilatedSilently = Set(
    "DepthwiseConv2dNative",
    "DepthwiseConv2dNativeBackpropInput",
    "DepthwiseConv2dNativeBackpropFilter"
  )

  // This op needs no kernel, since the runtime replaces it with other ops.
  private val rewritten = Set("AccumulateNV2")

  /** The reason why the CPU cannot run a node, in words. */
  def of(node: NodeDef)(implicit catalog: OpCatalog): Option[String] =
    attributes(node)
      .map { case (stated, why) => s"op ${node.getOp} with $stated, which $why," }
      .orElse {
        if (rewritten(node.getOp) || !catalog.ops.contains(node.getOp)) None
        else catalog.kernels.missing(node, catalog.ops)
      }

  // Limits that the list of kernels does not show: an attribute, and its fault.
  private def attributes(node: NodeDef): Option[(String, String)] = {
    val op = node.getOp
    val stated = node.getAttrMap
    val layout = Option(stated.get("data_format")).fold("")(_.getS.toStringUtf8)
    val dilations = Option(stated.get("dilations")).toSeq.flatMap(_.getList.getIList.asScala)
    def dilated = s"dilations=${dilations.mkString("[", ", ", "]")}"
    val isDilated = dilations.exists(_ > 1)
    if (channelsLast(op) && layout.startsWith("NC")) Some(s"data_format=$layout" -> NoKernel)
    else if (undilated(op) && isDilated) Some(dilated -> NoKernel)
    else if (undilatedSilently(op) && isDilated) {
      Some(dilated -> "the runtime would run without them")
    } else if (op == "Cast") cast(node).map(_ -> NoKernel)
    else None
  }

  private val NoKernel = "has no kernel for a CPU"

  private val notNumbers = Set(DT_STRING, DT_RESOURCE, DT_VARIANT)

  // One kernel covers all dtypes, and checks the pair only when it is created.
  private def cast(node: NodeDef): Option[String] = {
    // In a function, the caller may decide the attribute.
    def dtype(name: String): Option[DataType] =
      Option(node.getAttrMap.get(name)).map(_.getType).filterNot(_ == DataType.DT_INVALID)
    for {
      from <- dtype("SrcT")
      to <- dtype("DstT")
      if from != to && (notNumbers(from) || notNumbers(to))
    } yield s"SrcT=${Kernels.word(from)} and DstT=${Kernels.word(to)}"
  }
}
