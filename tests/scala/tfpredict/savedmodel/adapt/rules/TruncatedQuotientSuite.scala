package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32}

class TruncatedQuotientSuite extends RuleSuite(TruncatedQuotient) {

  test("quotients of both signs answer as TensorFlow does") {
    assertParity("truncated_quotient", "floats", "doubles")
  }

  test("integers have a kernel") {
    assertKept(node("TruncateDiv", "x", "y")("T" -> dtype(DT_INT32)))
  }

  test("the fraction is cut off") {
    val nodes = replacement(node("TruncateDiv", "x", "y")("T" -> dtype(DT_FLOAT)))
    assert(nodes.map(_.getOp) == Seq("RealDiv", "Abs", "Floor", "Sign", "Mul"))
  }
}
