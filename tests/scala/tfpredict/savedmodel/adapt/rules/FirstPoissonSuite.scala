package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_INT32}

class FirstPoissonSuite extends RuleSuite(FirstPoisson) {

  test("the second version uses its dtype for the rates too") {
    val Seq(only) = replacement(node("RandomPoisson", "shape", "rate")(
      "S" -> dtype(DT_INT32),
      "dtype" -> dtype(DT_DOUBLE),
      "seed" -> Fragment.number(7)
    ))
    assert(only.getOp == "RandomPoissonV2")
    for (name <- Seq("R", "dtype")) assert(only.getAttrOrThrow(name).getType == DT_DOUBLE)
    assert(only.getAttrOrThrow("S").getType == DT_INT32)
    assert(only.getAttrOrThrow("seed").getI == 7)
  }
}
