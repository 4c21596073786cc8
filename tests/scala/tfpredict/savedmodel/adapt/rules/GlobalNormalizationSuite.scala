package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_HALF}
import org.tensorflow.framework.{DataType, NodeDef}

class GlobalNormalizationSuite extends RuleSuite(GlobalNormalization) {

  private def normalization(of: DataType, scaled: Boolean): NodeDef =
    node("BatchNormWithGlobalNormalization", "t", "m", "v", "beta", "gamma")(
      "T" -> dtype(of),
      "variance_epsilon" -> Fragment.real(0.1f),
      "scale_after_normalization" -> Fragment.flag(scaled)
    )

  test("networks of 2015 answer as TensorFlow does") {
    assertParityInGraph("global_normalization", "scaled", "unscaled", "doubles")
  }

  test("elementwise ops compute it, also in a function") {
    val computed = Seq("Const", "Add", "Rsqrt", "Mul", "Sub", "Mul", "Add")
    assert(replacement(normalization(DT_FLOAT, scaled = true)).map(_.getOp) == computed)
    assert(replacement(normalization(DT_FLOAT, scaled = false)).map(_.getOp) ==
      Seq("Const", "Add", "Rsqrt", "Sub", "Mul", "Add"))
    assert(replacement(normalization(DT_HALF, scaled = true)).map(_.getOp) ==
      computed.patch(1, Seq("Cast"), 0))
    val found = verdicts(normalization(DT_FLOAT, scaled = true)).collect {
      case Verdict.Replace(_, outputs, _) => outputs
    }
    assert(found == Seq.fill(2)(Map("result:0" -> "z:0")))
  }
}
