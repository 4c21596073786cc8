package tfpredict.sql

import org.apache.spark.SparkConf
import org.apache.spark.sql.{AnalysisException, Row}

import tfpredict.{PredictOptions, RegisteredModel, Settings, SparkSuite, TestModels, Tfpredict}

class RegisteredFunctionsSuite extends SparkSuite {

  private val linear = TestModels.spec("linear")

  override protected def settings: Map[String, String] = Map(
    "spark.tfpredict.models.score" -> linear.path,
    "spark.tfpredict.models.gone" -> "/no/such/model",
    "spark.tfpredict.models.upper" -> linear.path,
    "spark.tfpredict.models.lower" -> linear.path,
    "spark.tfpredict.models.lower.replace" -> "true"
  )

  private def register(name: String, replace: Boolean = false): RegisteredModel =
    Tfpredict.register(spark, linear, name, PredictOptions(), replace)

  private def refused(name: String): String =
    intercept[IllegalArgumentException](register(name)).getMessage

  test("the name of another function is refused, and accepted with replace") {
    for (name <- Seq("sum", "UPPER", "range", "between"))
      assert(refused(name).contains(s"Found: $name, which is one of Spark's own."))
    spark.udf.register("mine", (x: Int) => x + 1)
    assert(refused("mine").contains("another function of this session"))
    register("sum", replace = true)
    register("SUM")
    assert(spark.sql("SELECT sum(array(1, 2))").head().getFloat(0) > 3f)
    Tfpredict.unregister(spark, "sum")
    assert(spark.sql("SELECT sum(id) FROM range(4)").head() == Row(6L))
    register("mine", replace = true)
    Tfpredict.unregister(spark, "mine")
    assert(spark.sql("SELECT mine(1)").head() == Row(2))
  }

  test("a name that SQL cannot call is refused, with one that it can") {
    val begin = "[TFPREDICT_FUNCTION_NAME] SQL cannot call a function by this name. " +
      "Expected: letters, digits and underscores, where the first is no digit. Found: "
    for ((name, near) <- Seq("my-model" -> "my_model", "2nd" -> "_2nd", " a b " -> "a_b"))
      assert(refused(name) == s"""$begin"$name". Fix: Choose another name, such as $near.""")
    for (name <- Seq("", "--", null))
      assert(refused(name) == s"""$begin"$name". Fix: Choose another name.""")
    val rows = intercept[IllegalArgumentException](PredictOptions(batchRows = Some(0)))
    assert(rows.getMessage == "[TFPREDICT_ARGUMENT_VALUE] An argument has a value that it does not take. " +
      "Expected: a batch of at least 1 row. Found: 0 rows. Fix: Pass a larger number.")
    val setting = new SparkConf(false).set("spark.tfpredict.batch.rows", "0")
    assert(intercept[IllegalArgumentException](Settings.from(setting)).getMessage ==
      "[TFPREDICT_SETTING_VALUE] A setting has a value that it does not take. " +
      "Expected: at least 1 for spark.tfpredict.batch.rows. Found: 0. " +
      "Fix: Set it to a larger value, or remove it to have the default.")
  }

  test("the configuration replaces none of Spark's functions, unless it says so") {
    assert(spark.sql("SELECT upper('a')").head() == Row("A"))
    assert(spark.sql("SELECT lower(array(1, 2))").head().getFloat(0) > 3f)
  }

  test("unregister removes the name; SQL's DROP TEMPORARY FUNCTION does too") {
    for (
      drop <- Seq[() => Unit](
        () => Tfpredict.unregister(spark, "passing"),
        () => { spark.sql("DROP TEMPORARY FUNCTION passing"); () }
      )
    ) {
      register("passing")
      drop()
      intercept[AnalysisException](spark.sql("SELECT passing(array(1, 2))"))
    }
    val unknown = intercept[IllegalArgumentException](Tfpredict.unregister(spark, "passing"))
    assert(unknown.getMessage.contains("Found: passing. Fix: Name one of these"))
    intercept[IllegalArgumentException](Tfpredict.unregister(spark, "upper"))
  }

  test("registered lists all, with those of the configuration and those that cannot run") {
    val model = register("listed")
    val found = Tfpredict.registered(spark)
    assert(found.map(_.name) == Seq("gone", "listed", "lower", "score"))
    assert(found(1) == model)
    assert(found.head.problem.exists(_.contains("no such folder")))
    assert(found(3).spec.version.contains(1L) && found(3).problem.isEmpty)
    assert(!Tfpredict.registered(spark.newSession()).exists(_.name == "listed"))
    Tfpredict.unregister(spark, "listed")
  }
}
