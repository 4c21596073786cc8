package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue
import org.tensorflow.framework.DataType.DT_FLOAT

class DecodedImagesSuite extends RuleSuite(DecodedImages) {

  private def decoded(channels: Long, expands: Boolean) =
    node("DecodeImage", "contents")(
      "channels" -> AttrValue.newBuilder().setI(channels).build(),
      "expand_animations" -> AttrValue.newBuilder().setB(expands).build()
    )

  test("each format has its op, and a still is the first frame") {
    val ops = replacement(decoded(3, expands = false)).map(_.getOp)
    assert(ops.filter(_.startsWith("Decode")) == Seq("DecodeBmp", "DecodeGif", "DecodePng"))
    assert(ops.contains("StridedSlice") && ops.last == "Merge")
  }

  test("frames are kept if requested") {
    assert(!replacement(decoded(0, expands = true)).map(_.getOp).contains("StridedSlice"))
  }

  test("a GIF with other channels is left to the op, which refuses it") {
    assert(!replacement(decoded(1, expands = true)).map(_.getOp).contains("DecodeGif"))
  }

  test("another dtype is refused") {
    assertRefused(
      "op DecodeImage of DT_FLOAT, where uint8 can be decoded,",
      decoded(3, expands = false).toBuilder.putAttr("dtype", dtype(DT_FLOAT)).build()
    )
  }
}
