package tfpredict.savedmodel.adapt.rules

class RaggedBincountSuite extends RuleSuite(RaggedBincount) {

  // Every fourth row is empty.
  test("counts, weighted and binary ones answer as TensorFlow does") {
    assertParity("ragged_bincount", "counts", "weighted", "binary")
  }
}
