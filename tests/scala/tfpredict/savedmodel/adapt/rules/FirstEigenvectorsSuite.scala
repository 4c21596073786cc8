package tfpredict.savedmodel.adapt.rules

class FirstEigenvectorsSuite extends RuleSuite(FirstEigenvectors) {

  test("eigenvalues stand above eigenvectors, as TensorFlow has them") {
    assertParityInGraph("first_eigenvectors", "batch", "one")
  }
}
