package tfpredict.savedmodel.adapt.rules

class PaddedNgramsSuite extends RuleSuite(PaddedNgrams) {

  test("n-grams of rows with and without words are TensorFlow's, of all widths and paddings") {
    val paddings = Seq("full", "none", "one", "two")
    assertParity(
      "padded_ngrams",
      paddings ++ paddings.map(name => s"${name}_of_nothing") :+ "of_int32": _*
    )
  }
}
