package tfpredict.savedmodel.adapt.rules

import tfpredict.TestModels
import tfpredict.model.ModelVerifier

/** Ops on pictures, and gradients of networks for pictures. Their kernels do not check sizes. */
class PictureChecksSuite extends CheckedOps {
  private val pool = "ksize=[1,2,2,1] strides=[1,2,2,1] padding"
  private val pool3 = "ksize=[1,2,2,2,1] strides=[1,2,2,2,1] padding"

  for (name <- Seq("picture_gradients", "drawn_pictures"); place <- Seq(name, s"${name}_in_graph"))
    test(s"$place answers as TensorFlow does") {
      val report =
        ModelVerifier.verify(TestModels.spec(s"rules/$place").copy(signature = first(name)))
      assert(report.outputs.map(_.signature).distinct.size == count(name))
      for (output <- report.outputs)
        assert(output.difference <= ModelVerifier.Tolerance, output.signature)
    }

  private def first(name: String) = if (name == "drawn_pictures") "boxes" else "relu"
  private def count(name: String) = if (name == "drawn_pictures") 4 else 20

  check("what a pool has made")(
    s"MaxPoolGrad $pool=SAME (float[1,3,3,2]{1,2}, float[1,2,2,2]{2}, float[1,2,2,2]{3})",
    s"MaxPoolGrad $pool=VALID (float[1,3,3,2]{1,2}, float[1,1,1,2]{2}, float[1,1,1,2]{3})",
    s"MaxPoolGradGrad $pool=SAME (float[1,3,3,2]{1,2}, float[1,2,2,2]{2}, float[1,3,3,2]{3})",
    s"AvgPoolGrad $pool=VALID (int32[4]{1,3,3,2}, float[1,1,1,2]{3})",
    s"MaxPool3DGrad $pool3=SAME (float[1,3,3,3,1]{1}, float[1,2,2,2,1]{1}, float[1,2,2,2,1]{1})",
    s"AvgPool3DGrad $pool3=SAME (int32[5]{1,3,3,3,1}, float[1,2,2,2,1]{1})"
  )(
    s"MaxPoolGrad $pool=SAME (float[1,3,3,2]{1}, float[1,2,2,2]{1}, float[1,2,3,2]{1})" -> broken,
    s"MaxPoolGrad $pool=SAME (float[1,3,3,2]{1}, float[1,1,1,2]{1}, float[1,1,1,2]{1})" -> broken,
    s"MaxPoolGrad $pool=VALID (float[1,3,3,2]{1}, float[1,2,2,2]{1}, float[1,2,2,2]{1})" -> broken,
    s"MaxPoolGradGrad $pool=SAME (float[1,3,3,2]{1}, float[1,2,2,2]{1}, float[1,2,2,2]{1})" ->
      broken,
    s"AvgPoolGrad $pool=VALID (int32[4]{1,3,3,2}, float[1,2,2,2]{1})" -> broken,
    s"AvgPoolGrad $pool=SAME (int32[4]{1,-3,3,2}, float[1,2,2,2]{1})" -> broken,
    s"AvgPoolGrad $pool=SAME (int32[4]{2000000000}, float[1,2,2,2]{1})" -> broken,
    s"MaxPool3DGrad $pool3=SAME (float[1,3,3,3,1]{1}, float[1,2,2,2,1]{1}, float[1,2,2,9,1]{1})" ->
      broken,
    s"AvgPool3DGrad $pool3=SAME (int32[5]{1,3,3,3,1}, float[1,2,2,7,1]{1})" -> broken
  )

  private val step = "strides=[1,1,1,1] padding=SAME"
  private val step3 = "strides=[1,1,1,1,1] padding=SAME"
  check("what a convolution has made")(
    s"Conv2DBackpropFilter $step (float[1,3,3,2]{1}, int32[4]{2,2,2,3}, float[1,3,3,3]{1})",
    s"DepthwiseConv2dNativeBackpropFilter $step (float[1,3,3,2]{1}, int32[4]{2,2,2,1}, float[1,3,3,2]{1})",
    s"DepthwiseConv2dNativeBackpropInput $step (int32[4]{1,3,3,2}, float[2,2,2,1]{1}, float[1,3,3,2]{1})",
    s"Conv3DBackpropInput $step3 (float[1,3,3,3,2]{1}, float[2,2,2,2,3]{1}, float[1,3,3,3,3]{1})",
    "BiasAddGrad data_format=NCHW (float[2,3,4,5]{1})",
    "LRNGrad (float[1,2,2,3]{1}, float[1,2,2,3]{1}, float[1,2,2,3]{1})",
    "FusedBatchNormGrad (float[1,2,2,3]{1}, float[1,2,2,3]{1}, float[3]{1}, float[3]{1}, float[3]{1})"
  )(
    s"Conv2DBackpropFilter $step (float[1,3,3,2]{1}, int32[4]{2,2,1,3}, float[1,3,3,3]{1})" ->
      broken,
    s"Conv2DBackpropFilter $step (float[1,3,3,2]{1}, int32[4]{2,2,0,3}, float[1,3,3,3]{1})" ->
      broken,
    s"DepthwiseConv2dNativeBackpropInput $step (int32[4]{1,3,-3,2}, float[2,2,2,1]{1}, float[1,3,3,2]{1})" ->
      broken,
    s"Conv3DBackpropInput $step3 (float[1,3,3,3,2]{1}, float[2,2,2,1,3]{1}, float[1,3,3,3,3]{1})" ->
      broken,
    "BiasAddGrad data_format=NCHW (float[2,3]{1})" -> broken,
    "LRNGrad (float[1,2,2,3]{1}, float[1,2,2,3]{1}, float[1,2,2]{1})" ->
      "is not compatible with expected shape",
    "FusedBatchNormGrad (float[1,2,2,3]{1}, float[1,2,2,3]{1}, float[3]{1}, float[2]{1}, float[3]{1})" ->
      broken,
    "FusedBatchNormGrad (float[1,2,1,3]{1}, float[1,2,2,3]{1}, float[3]{1}, float[3]{1}, float[3]{1})" ->
      broken
  )

  check("what a picture was made of")(
    "ResizeBilinearGrad (float[1,4,4,2]{1}, float[1,2,2,2]{1})",
    "ResizeBicubicGrad (float[1,4,4,2]{1}, float[1,2,2,2]{1})",
    "ResizeNearestNeighborGrad (float[1,4,4,2]{1}, int32[2]{2,2})",
    "CropAndResizeGradImage T=float (float[1,2,2,3]{1}, float[1,4]{0,0,1,1}, int32[1]{0}, int32[4]{1,4,4,3})",
    "CropAndResizeGradBoxes (float[1,2,2,3]{1}, float[1,4,4,3]{1}, float[1,4]{0,0,1,1}, int32[1]{0})"
  )(
    "ResizeBilinearGrad (float[1,4,4,2]{1}, float[1,0,2,2])" -> broken,
    "ResizeBicubicGrad (float[1,4,4,2]{1}, float[1,2,0,2])" -> broken,
    "ResizeNearestNeighborGrad (float[1,4,4,2]{1}, int32[2]{2000000000})" -> broken,
    "CropAndResizeGradImage T=float (float[1,2,2,3]{1}, float[1,4]{nan}, int32[1]{0}, int32[4]{1,4,4,3})" ->
      broken,
    "CropAndResizeGradImage T=float (float[2,2,2,3]{1}, float[1,4]{0}, int32[1]{0}, int32[4]{1,4,4,3})" ->
      broken,
    "CropAndResizeGradBoxes (float[1,2,2,3]{1}, float[1,4,4,3]{1}, float[1,4]{1e30}, int32[1]{0})" ->
      broken
  )

  private val dilation = "strides=[1,1,1,1] rates=[1,2,2,1] padding=VALID"
  check("what is drawn, looked at, spread and cut")(
    "DrawBoundingBoxes (float[1,4,4,3]{1}, float[1,2,4]{0,0,1,1})",
    "DrawBoundingBoxes (float[0,4,4,3], float[0,2,4])",
    "DrawBoundingBoxesV2 (float[1,4,4,3]{1}, float[1,2,4]{0,0,1,1}, float[1,4]{0})",
    "ExtractGlimpse noise=zero uniform_noise=false (float[1,4,4,3]{1}, int32[2]{2,3}, float[1,2]{0})",
    s"Dilation2D $dilation (float[1,5,5,2]{1}, float[3,3,2]{1})",
    "SampleDistortedBoundingBox use_image_if_no_bounding_boxes=true (int32[3]{9,9,3}, float[1,0,4])",
    "FractionalMaxPool pooling_ratio=[1.0,1.44,1.73,1.0] (float[1,5,6,2]{1})"
  )(
    "DrawBoundingBoxes (float[1,0,4,3], float[1,2,4]{-3,-3,-5,-5})" -> broken,
    "DrawBoundingBoxes (float[1,4,4,3]{1}, float[1,2,3]{0})" -> broken,
    "DrawBoundingBoxesV2 (float[1,4,4,3]{1}, float[1,2,4]{0}, float[1,3]{0})" -> broken,
    "ExtractGlimpse (float[1,4,4,3]{1}, int32[2]{-2,3}, float[1,2]{0})" -> broken,
    "ExtractGlimpse (float[1,4,4,3]{1}, int32[2]{2,3}, float[1,2]{nan})" -> broken,
    s"Dilation2D $dilation (float[1,4,5,2]{1}, float[3,3,2]{1})" -> broken,
    s"Dilation2D $dilation (float[1,5,5,2]{1}, float[3,3,1]{1})" -> broken,
    "SampleDistortedBoundingBox use_image_if_no_bounding_boxes=true (int32[3]{-9,9,3}, float[1,0,4])" ->
      broken,
    "FractionalMaxPool pooling_ratio=[1.0,1.44,1.73,1.0] (float[1,1,6,2]{1})" -> broken
  )
}
