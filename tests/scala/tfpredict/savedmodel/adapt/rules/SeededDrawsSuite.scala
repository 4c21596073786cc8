package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, NodeDef}

class SeededDrawsSuite extends RuleSuite(SeededDraws) {

  test("the numbers of a seed equal TensorFlow's") {
    assertParity(
      "seeded_draws",
      Seq("uniform", "far", "bounds", "halves", "normal", "doubles", "truncated", "long_shape") ++
        Seq("wide", "int32", "int64", "dropout", "of_rows", "in_branch"): _*
    )
  }

  private val keys =
    node("StatelessRandomGetKeyCounter", "seed")().toBuilder.setName("keys").build()

  private def drawn(key: String, counter: String, algorithm: String): NodeDef =
    node("StatelessRandomUniformV2", "shape", key, counter, algorithm)()

  // The verdict with names and references in the graph's form.
  private def inGraph(node: NodeDef, others: NodeDef*): Verdict = verdicts(node, others: _*).head

  test("attributes that the exporter left out have its defaults") {
    val found = inGraph(drawn("keys", "keys:1", "alg"), keys, constant("alg", isScalar = true, 3))
    val Verdict.Replace(Seq(only), _, _) = found
    assert(only.getOp == "StatelessRandomUniform")
    assert(only.getAttrOrThrow("dtype") == dtype(DataType.DT_FLOAT))
    assert(only.getAttrOrThrow("T") == dtype(DataType.DT_INT32))
    assert(only.getAttrOrThrow("Tseed") == dtype(DataType.DT_INT64))
  }

  test("another algorithm, or a key that does not come from a seed, is refused") {
    def refused(node: NodeDef, others: NodeDef*) = inGraph(node, others: _*) match {
      case Verdict.Refuse(why) => why
      case found => fail(s"found $found")
    }
    val threefry = constant("alg", isScalar = true, 2)
    val philox = constant("alg", isScalar = true, 1)
    val other = "op StatelessRandomUniformV2 with another algorithm than Philox"
    assert(refused(drawn("keys", "keys:1", "alg"), keys, threefry) == other)
    assert(refused(drawn("keys", "keys:1", "alg"), keys) == other)
    val stated =
      "op StatelessRandomUniformV2 with a key that is not made of a seed, but given or computed"
    assert(refused(drawn("key", "keys:1", "alg"), keys, philox) == stated)
    assert(refused(drawn("keys", "counter", "alg"), keys, philox) == stated)
  }
}
