package tfpredict.savedmodel.adapt.rules

class SparseSlicesSuite extends RuleSuite(SparseSlices) {

  test("parts of sparse tensors are TensorFlow's, also where they begin or end behind them") {
    assertParity("sparse_slices", "inside", "to_the_end", "behind", "nothing", "all")
  }
}
