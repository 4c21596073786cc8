package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType

class SeededBitsSuite extends RuleSuite(SeededBits) {

  test("integers over the full range, and seeds from seeds, equal TensorFlow's") {
    assertParity("seeded_bits", "int32", "int64", "split", "first")
  }

  test("unsigned integers are refused") {
    val unsigned =
      node("StatelessRandomUniformFullInt", "shape", "seed")("dtype" -> dtype(DataType.DT_UINT32))
    assertRefused("op StatelessRandomUniformFullInt of unsigned integers", unsigned)
  }
}
