package tfpredict.sql

import org.apache.spark.sql.SparkSession

import tfpredict.{OnError, PredictOptions, SparkSuite, TestModels, Tfpredict}

class ExtensionsSuite extends SparkSuite {

  private val linear = TestModels.spec("linear").path

  // Both the setting and the services file name the extension here.
  override protected def settings: Map[String, String] = Map(
    "spark.sql.extensions" -> classOf[Extensions].getName,
    "spark.tfpredict.models.score" -> linear,
    "spark.tfpredict.models.gone" -> "/no/such/model",
    "spark.tfpredict.models.odd" -> linear,
    "spark.tfpredict.models.odd.batch" -> "8"
  )

  private def described(session: SparkSession, name: String): String =
    session.sql(s"DESCRIBE FUNCTION $name").collect().map(_.getString(0)).mkString("\n")

  test("every session has the functions that the configuration names") {
    for (session <- Seq(spark, spark.newSession(), spark.newSession())) {
      val found = session.sql("SELECT score(array(1, 2))").head().getFloat(0)
      assertClose(Array(Array(found)), Array(Array(3.0195961f)))
      assert(session.sql("SHOW FUNCTIONS LIKE 'scor*'").head().getString(0) == "score")
    }
  }

  test("DESCRIBE FUNCTION shows arguments, result and version") {
    assert(described(spark, "score").contains(
      s"Usage: score(inputs ARRAY<FLOAT> (float32[?, 2])) returns FLOAT: model $linear " +
        "(version 1, signature serving_default)"
    ))
    val options = PredictOptions(onError = OnError.Struct)
    Tfpredict.register(spark, TestModels.spec("lookup"), "look", options)
    assert(described(spark, "look").contains(
      "look(word STRING (string[?])) returns " +
        "STRUCT<value: STRUCT<index: BIGINT, upper: STRING>, error: STRING>: model "
    ))
  }

  test("a broken model is described by its error, and functions can still be listed") {
    assert(described(spark, "gone").contains("Model: /no/such/model (unversioned"))
    assert(described(spark, "gone").contains("Expected: a folder. Found: no such folder"))
    assert(described(spark, "odd").contains("Found: spark.tfpredict.models.odd.batch. "))
    val listed = spark.catalog.listFunctions().collect().map(_.name)
    assert(Set("score", "gone", "odd").subsetOf(listed.toSet))
  }
}
