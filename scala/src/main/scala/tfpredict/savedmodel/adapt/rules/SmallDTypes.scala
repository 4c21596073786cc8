package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType.{DT_BFLOAT16, DT_HALF, DT_INT32, DT_UINT64, DT_UINT8}

/** Lists the ops that may be computed in a wider dtype, and those that must be. */
private[rules] object SmallDTypes {

  /** The wider dtype for each small one. */
  val wider: Map[DataType, DataType] = WideTensors.wider + (DT_UINT8 -> DT_INT32)

  /**
   * Whether the runtime's kernel rounds differently from later versions, which compute in float32
   * and round once. The lists were measured: each op ran in these dtypes in both versions, and in
   * the wider dtype. For sums of float16 no result is the same, and the wider one is nearest.
   */
  def isRounded(op: String, dtype: DataType): Boolean = dtype match {
    case DT_HALF => ofBoth(op)
    case DT_BFLOAT16 => ofBoth(op) || ofBfloat16(op)
    case _ => false
  }

  /**
   * Whether the runtime's optimizer may replace this op with one that lacks a kernel for the dtype:
   * `Reciprocal`, `Rsqrt`, `Log1p` or `SquaredDifference`. Casts around the op prevent that.
   * Source: `constant_folding.cc` and `arithmetic_optimizer.cc` of the runtime.
   */
  def isOptimized(op: String, dtype: DataType): Boolean =
    dtype == DT_BFLOAT16 && optimized(op)

  private val optimized = Set("Div", "RealDiv", "Log", "Square")

  /** Whether the wider result, rounded or truncated, equals the op's own. */
  def isSame(op: String, dtype: DataType): Boolean =
    moves(op) || adds(op) || compares(op) && dtype != DT_UINT64 ||
      (dtype == DT_HALF || dtype == DT_BFLOAT16) && ofFloats(op)

  private val ofBoth = words(
    """
      BatchMatMul BatchMatMulV2 Conv2D Einsum Expm1 FusedBatchNorm FusedBatchNormV2
      FusedBatchNormV3 L2Loss MatMul Mean Rsqrt Sigmoid Softplus Sum
    """
  )

  private val ofBfloat16 = words(
    """
      Acos Acosh Asin AvgPool AvgPool3D Conv2DBackpropInput Conv3D DepthwiseConv2dNative
      FloorDiv LogSoftmax Prod Range Softmax Tan
    """
  )

  // These ops only move values.
  private val moves = words(
    """
      BatchToSpaceND BroadcastTo ConcatV2 DepthToSpace Diag DiagPart DynamicPartition
      DynamicStitch ExpandDims ExtractImagePatches Fill GatherNd GatherV2 MatrixBandPart
      MatrixDiagPartV2 MatrixDiagV2 MatrixSetDiagV2 MirrorPad OneHot OnesLike Pack Pad PadV2
      ReverseSequence ReverseV2 Roll ScatterNd Select SelectV2 Slice SpaceToBatchND
      SpaceToDepth Split SplitV StridedSlice TensorScatterUpdate Tile Transpose Unpack
      ZerosLike
    """
  )

  // In these ops, the low bits of a result depend only on the low bits of the operands.
  private val adds = words(
    """
      Add AddN AddV2 BatchMatMul BatchMatMulV2 BiasAdd BitwiseAnd BitwiseOr BitwiseXor
      Cross Cumprod Cumsum Einsum Equal MatMul Mul Neg NotEqual Prod SegmentSum Square
      SquaredDifference Sub Sum TensorScatterAdd TensorScatterSub UnsortedSegmentSum
    """
  )

  private val compares = words(
    """
      Abs ArgMax ArgMin ClipByValue FloorDiv FloorMod Greater GreaterEqual Less LessEqual
      Max MaxPool Maximum Min Minimum Range Relu Relu6 Sign TopKV2 TruncateDiv TruncateMod
      UnsortedSegmentMax UnsortedSegmentMin Where
    """
  )

  private val ofFloats = words(
    """
      Acos Acosh AdjustContrastv2 AdjustHue AdjustSaturation Asin Asinh Atan Atan2 Atanh
      AvgPool AvgPool3D BetaInc Ceil Conv2D Conv2DBackpropInput Conv3D Conv3DBackpropInputV2
      Cos Cosh CropAndResize DepthwiseConv2dNative Digamma Div DivNoNan Elu EluGrad Erf Erfc
      Exp Expm1 Floor FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 HSVToRGB Igamma
      Igammac Inv InvGrad IsFinite IsInf IsNan L2Loss LRN LeakyRelu Lgamma LinSpace Log Log1p
      LogSoftmax MaxPool3D Mean MulNoNan Pow QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
      RGBToHSV RealDiv Reciprocal ReciprocalGrad ResizeBicubic ResizeBilinear
      ResizeNearestNeighbor Rint Round Rsqrt RsqrtGrad Selu SeluGrad Sigmoid SigmoidGrad Sin
      Sinh Softmax SoftmaxCrossEntropyWithLogits Softplus Softsign SparseSegmentMean
      SparseSegmentSqrtN SparseSegmentSum Sqrt SqrtGrad Tan Tanh TanhGrad Xdivy Xlogy Zeta
    """
  )

  private def words(text: String): Set[String] = text.trim.split("\\s+").toSet
}
