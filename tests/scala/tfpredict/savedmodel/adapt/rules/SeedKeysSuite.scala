package tfpredict.savedmodel.adapt.rules

class SeedKeysSuite extends RuleSuite(SeedKeys) {

  private val keys = node("StatelessRandomGetKeyCounter", "seed", "^before")()

  private def taker(op: String) =
    node(op, "shape", s"${keys.getName}:key:0", s"${keys.getName}:counter:0")().toBuilder
      .setName("taker")
      .build()

  test("a key that only ops with a rule use is left out, but keeps its control inputs") {
    for (others <- Seq(Nil, Seq(taker("StatelessRandomUniformV2")))) {
      val Seq(left) = replacement(keys, others: _*)
      assert(left.getOp == "NoOp" && left.getInputList.size == 1 && left.getInput(0) == "^before")
    }
  }

  test("a key that another op uses is refused") {
    assertRefused("op StatelessRandomGetKeyCounter", keys, taker("StatelessRandomGammaV3"))
  }
}
