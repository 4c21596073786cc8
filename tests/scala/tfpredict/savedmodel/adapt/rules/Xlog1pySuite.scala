package tfpredict.savedmodel.adapt.rules

class Xlog1pySuite extends RuleSuite(Xlog1py) {

  // Every pair of zeros, numbers, infinities and NaN.
  test("float32 and float64 answer as TensorFlow does") {
    assertParity("xlog1py", "float32", "float64", "broadcast")
  }
}
