package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT

class SparseSplitsSuite extends RuleSuite(SparseSplits) {

  private val split = node("SparseSplit", "axis", "indices", "values", "shape")(
    "T" -> dtype(DT_FLOAT),
    "num_split" -> Fragment.number(2)
  )

  test("sparse tensors are split along any axis as TensorFlow splits them") {
    assertParity("sparse_splits", "first", "last")
  }

  test("a nonnegative axis is kept") {
    assertKept(split, constant("axis", isScalar = true, 1))
    replacement(split, constant("axis", isScalar = true, -1))
    replacement(split, shaped("axis"))
  }
}
