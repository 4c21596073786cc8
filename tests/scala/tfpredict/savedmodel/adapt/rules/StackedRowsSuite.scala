package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT

class StackedRowsSuite extends RuleSuite(StackedRows) {

  test("tf.parallel_stack answers as TensorFlow does") {
    assertParityInGraph("stacked_rows", "three", "one")
  }

  test("no rows are refused") {
    assertRefused(
      "op ParallelConcat of no values",
      node("ParallelConcat")("T" -> dtype(DT_FLOAT), "N" -> Fragment.number(0))
    )
  }
}
