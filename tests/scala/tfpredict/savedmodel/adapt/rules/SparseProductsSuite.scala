package tfpredict.savedmodel.adapt.rules

class SparseProductsSuite extends RuleSuite(SparseProducts) {

  test("products of matrices marked as sparse equal TensorFlow's") {
    assertParity("sparse_products", "left", "right", "bfloat16")
  }
}
