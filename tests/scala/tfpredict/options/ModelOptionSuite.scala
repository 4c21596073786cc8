package tfpredict.options

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.ml.SavedModelTransformer
import tfpredict.{ModelSpec, OnError, PredictOptions}

/** Each option is declared once, and available in each interface. */
class ModelOptionSuite extends AnyFunSuite {

  // A value other than the default for each option, in the form of settings.
  private val stated = Map(
    "version" -> "3",
    "tags" -> "serve, gpu",
    "signature" -> "words",
    "outputs" -> "loss,y",
    "batchSize" -> "64",
    "onError" -> "struct",
    "modelVersion" -> "true",
    "replace" -> "true"
  )

  private def named(values: Map[String, String]): NamedModel =
    NamedModel("m", values + ("" -> "/models/m"))

  test("settings have each option, and its value reaches the model") {
    assert(stated.keySet == ModelOption.all.map(_.name).toSet)
    val model = named(stated)
    assert(model.spec ==
      ModelSpec("/models/m", Some(3), Set("serve", "gpu"), "words", Seq("loss", "y")))
    assert(model.predictOptions == PredictOptions(Some(64), OnError.Struct, modelVersion = true))
    assert(model.replaces)
    for (option <- ModelOption.all) {
      val one = named(Map(option.name -> stated(option.name)))
      val answers = (one.spec, one.predictOptions, one.replaces)
      assert(answers != ((named(Map.empty).spec, PredictOptions(), false)), option.name)
    }
  }

  test("an option that is left out has Scala's default") {
    assert(named(Map.empty).spec == ModelSpec("/models/m"))
    assert(named(Map.empty).predictOptions == PredictOptions())
    for (option <- ModelOption.all if option.defaultWord.nonEmpty)
      assert(option.of(option.defaultWord).contains(option.default), option.name)
  }

  test("Scala's arguments are the same options") {
    def fields(of: Product): Set[String] = of.getClass.getDeclaredFields.map(_.getName).toSet
    // Fields that result from resolving a path, or from the version `latest`.
    val decided = Set("path", "fingerprint", "latest")
    val own = fields(ModelSpec("/p")) -- decided ++ fields(PredictOptions())
    val names = ModelOption.ofCalls.map(_.name).toSet - "batchSize" + "batchRows"
    assert(own == names)
  }

  test("the stage has a param for each option") {
    val stage = new SavedModelTransformer()
    for (option <- ModelOption.ofCalls) {
      val param = stage.getParam(option.name)
      assert(param.doc == option.doc)
      val default = stage.getDefault(param).map {
        case words: Array[_] => words.mkString(",")
        case word => word.toString
      }
      assert(default.getOrElse("") == option.defaultWord, option.name)
    }
  }

  test("an invalid value is reported with its key and the expected kind") {
    for {
      (name, odd) <- Seq("version" -> "-1", "batchSize" -> "0", "batchSize" -> "99999999999") ++
        Seq("onError" -> "skip", "modelVersion" -> "yes")
    } {
      val said = intercept[IllegalArgumentException] {
        val model = named(Map(name -> odd))
        (model.spec, model.predictOptions)
      }.getMessage
      val kind = ModelOption.all.find(_.name == name).get.kind
      assert(said == "[TFPREDICT_ARGUMENT_VALUE] An argument has a value that it does not take. " +
        s"Expected: $kind for spark.tfpredict.models.m.$name. Found: $odd. Fix: Give such a value.")
    }
    // The session starts nevertheless.
    assert(!named(Map("replace" -> "maybe")).replaces)
  }
}
