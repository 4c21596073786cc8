package tfpredict.savedmodel.adapt.rules

class SparseProductsSuite extends RuleSuite(SparseProducts) {

  test("products of matrices that are said to be sparse are TensorFlow's") {
    assertParity("sparse_products", "left", "right", "bfloat16")
  }
}
