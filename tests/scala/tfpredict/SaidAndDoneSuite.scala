package tfpredict

import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.model.ModelCache

/** A selection of the models that `make compatibility` compares. */
class SaidAndDoneSuite extends AnyFunSuite {

  test("inspect is right about the small models") {
    assertAgree(TestModels.in(TestModels.made), atLeast = 30)
  }

  test("inspect is right about rewritten graphs") {
    // Most rules have two models, so this includes both graphs and functions.
    val some = TestModels.in(TestModels.made.resolve("rules")).grouped(3).map(_.head).toSeq
    assertAgree(some, atLeast = 20)
  }

  test("inspect is right about exports of older versions") {
    val older = TestModels.made.resolveSibling("older")
    assertAgree(Seq("1.15", "2.4", "2.15").flatMap(name => TestModels.in(older.resolve(name))), 16)
  }

  test("a model that is reported to run but fails is found") {
    val broken = TestModels.bare("lstm")
    val data = broken.resolve("1/variables/variables.data-00000-of-00001")
    Files.write(data, new Array[Byte](Files.size(data).toInt))
    val Seq(found) = SaidAndDone.of(ModelSpec(broken.toString))
    assert(!found.agree && found.said.isEmpty && found.done.isDefined)
  }

  private def assertAgree(models: Seq[Path], atLeast: Int): Unit = {
    assert(models.size >= atLeast)
    for (model <- models) {
      val signatures = SaidAndDone.of(ModelSpec(model.toString))
      assert(signatures.nonEmpty, model)
      signatures.foreach(signature => assert(signature.agree, s"$model: $signature"))
      ModelCache.shared.clear()
    }
  }
}
