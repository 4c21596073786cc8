package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.{FunctionDef, GraphDef, NodeDef}

import tfpredict.RuntimeCatalog.catalog

class FrozenStatisticsSuite extends RuleSuite(FrozenStatistics) {
  private def norm(isTraining: Boolean): NodeDef =
    node("FusedBatchNormV3", "x", "scale", "offset", "mean", "variance")(
      "T" -> dtype(DT_FLOAT),
      "U" -> dtype(DT_FLOAT),
      "is_training" -> Fragment.flag(isTraining)
    )

  private def taker(input: String): NodeDef =
    node("Identity", input)("T" -> dtype(DT_FLOAT)).toBuilder.setName("taker").build()

  // References to an output, in a graph and in a function.
  private val variance = Seq("node:2", "node:batch_variance:0")

  test("statistics that are used are those of the inputs") {
    for ((input, place) <- variance.zipWithIndex) {
      val found = verdicts(norm(isTraining = false), taker(input))(place)
      val Verdict.Replace(made, outputs, _) = found
      assert(made.map(_.getOp) == Seq("FusedBatchNormV3", "IdentityN"))
      assert(made.last.getInput(1) == "mean" && made.last.getInput(2) == "variance")
      assert(made.last.getInput(0).startsWith(made.head.getName))
      assert(outputs("batch_variance:0") == "output:2" && outputs("y:0") == "output:0")
    }
  }

  test("this also holds if they are results") {
    val one = norm(isTraining = false)
    val function = FunctionDef.newBuilder().addNodeDef(one).putRet("mean", "node:batch_mean:0")
    val graph = GraphDef.newBuilder().addNode(one).build()
    for (scope <- Seq(Scope.of(function.build()), Scope.of(graph, Seq("node:1"))))
      assert(FrozenStatistics(one, scope) != Verdict.Keep)
    assert(FrozenStatistics(one, Scope.of(graph, Seq("node:0"))) == Verdict.Keep)
  }

  test("a normalisation in training, or with only the first output used, is kept") {
    for (input <- variance) assertKept(norm(isTraining = true), taker(input))
    assertKept(norm(isTraining = false), taker("node"))
    assertKept(norm(isTraining = false), taker("node:y:0"))
    assertKept(norm(isTraining = false), taker("^node"))
  }
}
