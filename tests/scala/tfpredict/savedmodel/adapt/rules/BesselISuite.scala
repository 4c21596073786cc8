package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_HALF

class BesselISuite extends RuleSuite(BesselI) {

  // Up to arguments for which exp(x) is infinite, and beyond.
  test("float32 and float64 answer as TensorFlow does") {
    assertParity("bessel_i", "float32", "float64")
  }

  test("another dtype is refused") {
    assertRefused(
      "op BesselI1 of DT_HALF, where DT_FLOAT and DT_DOUBLE can be computed,",
      node("BesselI1", "x")("T" -> dtype(DT_HALF))
    )
  }
}
