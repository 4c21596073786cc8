package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue
import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT64}

class BatchedCallsSuite extends RuleSuite(BatchedCalls) {

  test("a batched function answers as TensorFlow does") {
    assertParity("batched_calls", "one", "captured")
  }

  test("the function is called with its inputs and its captures") {
    val function = AttrValue.newBuilder()
    function.getFuncBuilder.setName("f")
    val Seq(call) = replacement(node("BatchFunction", "x", "captured")(
      "Tin" -> Fragment.kinds(Seq(DT_FLOAT)),
      "Tcaptured" -> Fragment.kinds(Seq(DT_INT64)),
      "Tout" -> Fragment.kinds(Seq(DT_FLOAT)),
      "f" -> function.build(),
      "max_batch_size" -> Fragment.number(8)
    ))
    assert(call == node("StatefulPartitionedCall", "x", "captured")(
      "Tin" -> Fragment.kinds(Seq(DT_FLOAT, DT_INT64)),
      "Tout" -> Fragment.kinds(Seq(DT_FLOAT)),
      "f" -> function.build()
    ))
  }
}
