package tfpredict.savedmodel.adapt.rules

class SparseSlicesSuite extends RuleSuite(SparseSlices) {

  test("slices of sparse tensors equal TensorFlow's, also beyond their ends") {
    assertParity("sparse_slices", "inside", "to_the_end", "behind", "nothing", "all")
  }
}
