package tfpredict

import org.scalatest.funsuite.AnyFunSuite
import org.scalatest.matchers.should.Matchers._

import tfpredict.model.ModelCache

/** A model without Spark. */
class LocalModelSuite extends AnyFunSuite {

  test("it predicts, describes itself, and releases its lease when it is closed") {
    val users = ModelCache.shared.users
    val model = LocalModel.load(TestModels.spec("linear"))
    try {
      assert(model.run(Array(Array(1f, 2f)))(0)(0) === 3.0196f +- 1e-3f)
      assert(model.toString.matches(
        "LocalModel\\(.*linear \\(version 1, signature serving_default\\)\\)"
      ))
      assert(ModelCache.shared.users == users + 1)
    } finally model.close()
    assert(ModelCache.shared.users == users)
  }

  test("a rejected row leaves nothing behind, and a closed model refuses to run") {
    val model = LocalModel.load(TestModels.spec("linear"))
    def answer(rows: (Float, Float)*): Seq[Float] =
      model.run(rows.map { case (a, b) => Array(a, b) }.toArray).map(_.head).toSeq
    try {
      val expected = answer((3f, 5f), (4f, 6f))
      for (_ <- 1 to 2) {
        val rejected = intercept[InputException](model.run(Array(Array(1f, 2f), Array(1f))))
        assert(rejected.getMessage.contains("Found: length 1, in row 2. Fix: "))
        assert(answer((3f, 5f), (4f, 6f)) == expected)
      }
    } finally model.close()
    val closed = intercept[IllegalStateException](answer((3f, 5f)))
    assert(closed.getMessage.startsWith("[TFPREDICT_MODEL_CLOSED] The model was closed before "))
    assert(closed.getMessage.endsWith(
      "linear (version 1, signature serving_default). Expected: an open model. " +
        "Found: a closed one. Fix: Load it again to use it."
    ))
  }
}
