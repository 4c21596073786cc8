package tfpredict.savedmodel.adapt.rules

class SparseBincountSuite extends RuleSuite(SparseBincount) {

  test("counts, weighted and binary ones answer as TensorFlow does") {
    assertParity("sparse_bincount", "counts", "weighted", "binary")
  }

  test("another or unknown rank is refused") {
    val counted = node("SparseBincount", "indices", "values", "shape", "size", "weights")()
    val why = "op SparseBincount of another or unknown rank than 2"
    assertRefused(why, counted, shaped("shape", 1))
    assertRefused(why, counted, shaped("shape", -1))
    assertRefused(why, counted)
  }
}
