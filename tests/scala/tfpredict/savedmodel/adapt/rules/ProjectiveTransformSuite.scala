package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType

/** Covers the modes of [[FillMode]]. */
class ProjectiveTransformSuite extends RuleSuite(ProjectiveTransform) {

  test("images are moved as TensorFlow moves them") {
    assertParity(
      "projective_transform",
      Seq("turned", "filled", "nearest", "larger", "reflected", "wrapped", "whole", "narrow") ++
        Seq("second", "bytes"): _*
    )
  }

  test("images of other dtypes, and unknown modes, are refused") {
    def image(dtype: DataType, mode: String) =
      node("ImageProjectiveTransformV3", "x", "t", "s", "f")(
        "dtype" -> this.dtype(dtype),
        "interpolation" -> text("NEAREST"),
        "fill_mode" -> text(mode)
      )
    assertRefused(
      "op ImageProjectiveTransformV3 of other images than float32, float16 and uint8",
      image(DataType.DT_DOUBLE, "CONSTANT")
    )
    assertRefused(
      "op ImageProjectiveTransformV3 with fill_mode=ODD",
      image(DataType.DT_FLOAT, "ODD")
    )
  }
}
