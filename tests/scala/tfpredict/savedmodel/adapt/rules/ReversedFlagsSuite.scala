package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.DataType.{DT_BOOL, DT_FLOAT}
import org.tensorflow.framework.{AttrValue, NodeDef, TensorProto}

class ReversedFlagsSuite extends RuleSuite(ReversedFlags) {
  private val reversed = node("Reverse", "x", "flags")("T" -> dtype(DT_FLOAT))

  private def flags(fill: TensorProto.Builder => TensorProto.Builder): NodeDef = {
    val tensor = fill(TensorProto.newBuilder().setDtype(DT_BOOL))
    tensor.getTensorShapeBuilder.addDimBuilder().setSize(3)
    node("Const")("value" -> AttrValue.newBuilder().setTensor(tensor).build()).toBuilder
      .setName("flags").build()
  }

  private def axes(flags: NodeDef): Seq[Int] = {
    val Seq(constant, _) = replacement(reversed, flags)
    constant.getAttrOrThrow("value").getTensor.getIntValList.asScala.map(_.toInt).toSeq
  }

  test("tensors are reversed as TensorFlow reverses them") {
    assertParity("reversed_flags", "constant", "one", "none", "computed")
  }

  test("constant flags become dimensions, in any encoding") {
    assert(axes(flags(_.addBoolVal(true).addBoolVal(false).addBoolVal(true))) == Seq(0, 2))
    assert(axes(flags(_.addBoolVal(false).addBoolVal(true))) == Seq(1, 2))
    assert(axes(flags(identity)).isEmpty)
    assert(axes(flags(_.setTensorContent(ByteString.copyFrom(Array[Byte](0, 1, 0))))) == Seq(1))
  }

  test("computed flags are found") {
    assert(replacement(reversed).map(_.getOp) == Seq("Where", "Const", "Reshape", "ReverseV2"))
  }
}
