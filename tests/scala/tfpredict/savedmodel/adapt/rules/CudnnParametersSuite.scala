package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue
import org.tensorflow.framework.DataType.DT_FLOAT

class CudnnParametersSuite extends RuleSuite(CudnnParameters) {
  private def weights(attributes: (String, AttrValue)*) =
    node("CudnnRNNCanonicalToParams", "layers", "units", "inputs", "w0", "w1", "b0", "b1")(
      Seq("T" -> dtype(DT_FLOAT), "num_params" -> Fragment.number(2)) ++ attributes: _*
    )

  test("matrices and biases follow each other, for any sizes") {
    val made = replacement(weights())
    val flat = made.filter(_.getOp == "Reshape").map(_.getInput(0))
    assert(flat == Seq("w0", "w1", "b0", "b1"))
    val joined = made.find(_.getOp == "ConcatV2").get
    assert(joined.getAttrOrThrow("N").getI == 4)
    val renamed = verdicts(weights()).map {
      case Verdict.Replace(_, outputs, _) => outputs
      case other => fail(s"found $other")
    }
    assert(renamed.forall(_ == Map("params:0" -> "output:0")))
  }

  test("other layers are refused") {
    val projected = weights("num_proj" -> Fragment.number(3))
    assertRefused(
      "op CudnnRNNCanonicalToParams with num_proj=3, which has no kernel for a CPU,",
      projected
    )
  }
}
