package tfpredict.savedmodel.adapt.rules

class DenseBincountSuite extends RuleSuite(DenseBincount) {

  // Values beyond the size are left out.
  test("counts, weighted and binary ones answer as TensorFlow does") {
    assertParity("dense_bincount", "counts", "weighted", "binary", "int32", "one_row")
  }
}
