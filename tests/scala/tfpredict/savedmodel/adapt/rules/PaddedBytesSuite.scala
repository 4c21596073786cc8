package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT8

class PaddedBytesSuite extends RuleSuite(PaddedBytes) {

  test("numbers from texts that are too short or too long equal TensorFlow's") {
    val turned = Seq("int16_turned", "int64_turned")
    assertParity("padded_bytes", Seq("uint8", "int16", "int32", "float64") ++ turned: _*)
  }

  test("the runtime decodes bytes") {
    assertKept(node("DecodePaddedRaw", "texts", "length")("out_type" -> dtype(DT_INT8)))
  }
}
