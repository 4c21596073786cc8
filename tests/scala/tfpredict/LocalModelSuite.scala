package tfpredict

import org.scalatest.funsuite.AnyFunSuite
import org.scalatest.matchers.should.Matchers._

import tfpredict.model.ModelCache

/** A model without Spark. */
class LocalModelSuite extends AnyFunSuite {

  test("it answers, tells what it is, and is given back when it is closed") {
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
}
