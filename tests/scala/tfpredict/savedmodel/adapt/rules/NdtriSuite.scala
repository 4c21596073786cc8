package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_HALF

class NdtriSuite extends RuleSuite(Ndtri) {

  // Inside the domain, at its edges and outside. Infinities and NaN must equal TensorFlow's.
  test("float32 and float64 answer as TensorFlow does") {
    assertParity("ndtri", "float32", "float64", "pictures")
  }

  test("another dtype is refused") {
    assertRefused(
      "op Ndtri of DT_HALF, where DT_FLOAT and DT_DOUBLE can be computed,",
      node("Ndtri", "x")("T" -> dtype(DT_HALF))
    )
  }
}
