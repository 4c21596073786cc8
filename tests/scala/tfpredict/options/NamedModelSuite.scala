package tfpredict.options

import org.apache.spark.SparkConf
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.{ModelSpec, OnError, PredictOptions}

class NamedModelSuite extends AnyFunSuite {

  private def named(settings: (String, String)*): NamedModel = {
    val conf = new SparkConf(false)
    for ((key, value) <- settings) conf.set(s"spark.tfpredict.models.$key", value)
    val Seq(found) = NamedModel.in(conf)
    found
  }

  private def refused(settings: (String, String)*): String =
    intercept[IllegalArgumentException] {
      val model = named(settings: _*)
      (model.spec, model.predictOptions)
    }.getMessage

  test("a path alone has the defaults of register") {
    assert(named("m" -> "/p") == NamedModel("m", Map("" -> "/p")))
    assert(named("m" -> "/p").spec == ModelSpec("/p"))
    assert(named("m" -> "/p").predictOptions == PredictOptions())
  }

  test("options follow the name") {
    val model =
      named("m" -> "/p", "m.version" -> "latest", "m.signature" -> "s", "m.onError" -> "null")
    assert(model.spec == ModelSpec("/p", signature = "s", latest = true))
    assert(model.predictOptions == PredictOptions(onError = OnError.Null))
    assert(named("m" -> "/p", "m.version" -> "12").spec == ModelSpec("/p", Some(12)))
  }

  test("an error has the key") {
    assert(refused(
      "m.version" -> "1"
    ).contains("Expected: the model's path in spark.tfpredict.models.m. Found: no such setting."))
    val odd = refused("m" -> "/p", "m.batch" -> "8")
    assert(odd.contains("Expected: an option of a model: batchSize, modelVersion, onError"))
    assert(odd.contains("Found: spark.tfpredict.models.m.batch."))
    assert(refused(
      "m" -> "/p",
      "m.version" -> "newest"
    ).contains("Expected: a number or latest for spark.tfpredict.models.m.version."))
    assert(refused("m" -> "/p", "m.onError" -> "skip").contains("skip"))
  }
}
