package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType

class QuantizeAndDequantizeSuite extends RuleSuite(QuantizeAndDequantize) {

  test("one range, given or found, answers as TensorFlow does") {
    val signatures = Seq("given", "found", "unsigned", "narrow", "half_up")
    assertParity("quantize_and_dequantize", signatures: _*)
  }

  test("a range for each slice is refused") {
    assertRefused(
      "op QuantizeAndDequantizeV4 with a range for each slice of axis 2",
      node("QuantizeAndDequantizeV4", "x", "least", "most")(
        "T" -> dtype(DataType.DT_FLOAT),
        "axis" -> Fragment.number(2)
      )
    )
  }
}
