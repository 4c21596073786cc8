package tfpredict.savedmodel.adapt.rules

/**
 * Ops of frozen graphs of 2015 to 2018. Cases that crashed the process now give an error or a
 * result.
 */
class FrozenChecksSuite extends CheckedOps {
  private val normalization =
    "BatchNormWithGlobalNormalization variance_epsilon=0.1 scale_after_normalization=true"
  check("as many statistics as channels")(
    s"$normalization (float[2,2,2,3]{1}, float[3]{1}, float[3]{1}, float[3]{1}, float[3]{1})"
  )(
    s"$normalization (float[2,2,2,3]{1}, float[2]{1}, float[2]{1}, float[2]{1}, float[2]{1})" -> "",
    s"$normalization (float[2,2,2,3]{1}, float[3]{1}, float[3]{1}, float[9]{1}, float[3]{1})" -> ""
  )
  check("matrices of a batch")(
    "BatchCholesky (float[2,1,1]{1})",
    "BatchMatrixDeterminant (float[2,3,3]{1})",
    "BatchMatrixInverse (float[2,1,1]{2})",
    "BatchMatrixSolve (float[2,1,1]{2}, float[2,1,3]{2})",
    "BatchMatrixSolveLs (float[2,3,2]{2}, float[2,3,1]{2}, double[]{0.5})",
    "BatchMatrixTriangularSolve (float[2,2,2]{2}, float[2,2,1]{2})",
    "BatchSelfAdjointEig (float[2,2,2]{2})",
    "BatchSelfAdjointEigV2 (float[2,2,2]{2})",
    "BatchSvd (float[2,3,2]{2})",
    "BatchSvd (float[0,3,2])",
    "SelfAdjointEig (float[0,0])"
  )(
    "BatchCholesky (float[2,1,2]{1})" -> broken,
    "BatchMatrixDeterminant (float[3]{1})" -> "",
    "BatchMatrixInverse (float[2,1,3]{2})" -> broken,
    "BatchMatrixSolve (float[2,1,1]{2}, float[3,1,3]{2})" -> broken,
    "BatchMatrixSolveLs (float[2,3,2]{2}, float[2,4,1]{2}, double[]{0.5})" -> broken,
    "BatchMatrixTriangularSolve (float[2,2,2]{2}, float[2,2]{2})" -> broken,
    "BatchSelfAdjointEig (float[2,2,1]{2})" -> broken,
    "BatchSelfAdjointEigV2 (float[2]{2})" -> "",
    "SelfAdjointEig (float[2,3]{1})" -> broken
  )
  check("flags of dimensions")(
    "Reverse (float[2,3]{1}, bool[2]{1})",
    "Reverse (float[0,3], bool[2]{1})",
    "Reverse (float[], bool[0])"
  )("Reverse (float[2]{1}, bool[3]{1})" -> "")
  check("rows that are stacked")(
    "ParallelConcat shape=[2,2] ((float[1,2]{1}, float[1,2]{1}))",
    "ParallelConcat shape=[5,2] ((float[1,2]{1}, float[1,2]{1}))"
  )("ParallelConcat shape=[2,2] ((float[1,2]{1}, float[1,3]{1}))" -> "")
  check("rates")("RandomPoisson (int32[1]{3}, float[2]{0.5})")(
    "RandomPoisson (int32[1]{3}, float[2]{nan})" -> broken
  )
  private val fused = "mode=REFLECT strides=[1,1,1,1] padding=SAME"
  check("pictures that are padded and resized")(
    s"FusedPadConv2D $fused (float[1,2,2,1]{1}, int32[4,2]{0,0,1,1,1,1,0,0}, float[1,1,1,1]{1})",
    s"FusedResizeAndPadConv2D $fused (float[1,2,2,1]{1}, int32[2]{4}, int32[4,2]{0}, float[1,1,1,1]{1})"
  )(
    s"FusedPadConv2D $fused (float[1,2,2,1]{1}, int32[4,2]{0,0,9,9,0,0,0,0}, float[1,1,1,1]{1})" ->
      "",
    s"FusedPadConv2D $fused (float[1,2,2,1]{1}, int32[3,2]{0}, float[1,1,1,1]{1})" -> "",
    s"FusedPadConv2D $fused (float[1,2,2,1]{1}, int32[4,2]{0}, float[1,1,3,1]{1})" -> "",
    s"FusedResizeAndPadConv2D $fused (float[1,2,2,1]{1}, int32[2]{2000000000}, int32[4,2]{0}, float[1,1,1,1]{1})" ->
      broken
  )
}
