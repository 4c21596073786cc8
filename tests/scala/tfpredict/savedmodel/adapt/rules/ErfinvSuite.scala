package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_HALF

class ErfinvSuite extends RuleSuite(Erfinv) {

  // Inside the domain, at its edges and outside. Infinities and NaN must equal TensorFlow's.
  test("float32 and float64 answer as TensorFlow does") {
    assertParity("erfinv", "float32", "float64", "pictures")
  }

  test("another dtype is refused") {
    assertRefused(
      "op Erfinv of DT_HALF, where DT_FLOAT and DT_DOUBLE can be computed,",
      node("Erfinv", "x")("T" -> dtype(DT_HALF))
    )
  }
}
