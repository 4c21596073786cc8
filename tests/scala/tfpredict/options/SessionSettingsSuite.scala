package tfpredict.options

import org.apache.spark.SparkConf
import org.apache.spark.sql.AnalysisException

import tfpredict.sql.BatchRowsSeen
import tfpredict.{Settings, SparkSuite, TestModels}

class SessionSettingsSuite extends SparkSuite {

  override protected def settings: Map[String, String] = Map(
    "spark.tfpredict.batch.rows" -> "512",
    "spark.tfpredict.models.score" -> TestModels.spec("linear").path
  )

  private def rows: Int = BatchRowsSeen.of(spark.sql("SELECT score(array(id, id)) FROM range(9)"))

  private def refused(set: => Any): String =
    intercept[IllegalArgumentException](set).getMessage

  test("a session's settings hold for queries written later, also with a named model") {
    assert(rows == 512)
    try {
      for (
        set <- Seq[Int => Unit](
          count => { spark.sql(s"SET spark.tfpredict.batch.rows=$count"); () },
          count => spark.conf.set("spark.tfpredict.batch.rows", count.toLong)
        ); count <- Seq(3, 5)
      ) {
        set(count)
        assert(rows == count)
        val view = s"view_$count"
        spark.sql(s"CREATE OR REPLACE TEMP VIEW $view AS SELECT score(array(id, id)) FROM range(9)")
        assert(BatchRowsSeen.of(spark.table(view)) == count)
      }
      assert(BatchRowsSeen.of(spark.newSession().sql("SELECT score(array(id, 1)) FROM range(9)")) ==
        512)
    } finally spark.sql("RESET spark.tfpredict.batch.rows")
    assert(rows == 512)
  }

  test("every setting has a scope, and those of the start are refused with their key") {
    for (key <- Settings.all) {
      val value = if (key.kind == "true or false") "true" else "7"
      if (key.scope == Settings.OfSession) {
        spark.sql(s"SET ${key.name}=$value")
        spark.sql(s"RESET ${key.name}")
      } else {
        val told = refused(spark.sql(s"SET ${key.name}=$value"))
        assert(told.contains("Expected: this setting to be made when Spark starts"))
        assert(told.contains(s"Found: ${key.name} is set to $value."))
        val static = intercept[AnalysisException](spark.conf.set(key.name, value)).getMessage
        assert(static.contains(key.name))
      }
    }
  }

  test("SET refuses an invalid value, and so does the next call") {
    assert(refused(
      spark.sql("SET spark.tfpredict.batch.rows=0")
    ).contains("at least 1 for spark.tfpredict.batch.rows. Found: 0."))
    spark.conf.set("spark.tfpredict.batch.rows", 0L)
    try assert(refused(rows).contains("at least 1 for spark.tfpredict.batch.rows. Found: 0."))
    finally spark.sql("RESET spark.tfpredict.batch.rows")
  }

  test("an unknown key is refused, with a similar one") {
    val near = "Did you mean spark.tfpredict.batch.rows?"
    assert(refused(spark.sql("SET spark.tfpredict.batch.row=3")).contains(near))
    spark.conf.set("spark.tfpredict.batch.row", "3")
    try assert(refused(rows).contains(near))
    finally spark.conf.unset("spark.tfpredict.batch.row")
    val conf = new SparkConf(false).set("spark.tfpredict.batch.row", "3")
    assert(refused(Settings.from(conf)).contains(near))
    val model = new SparkConf(false).set("spark.tfpredict.model.score", "/m")
    assert(refused(Settings.from(model)).contains("Did you mean spark.tfpredict.models.score?"))
    val far = new SparkConf(false).set("spark.tfpredict.no.such.key", "3")
    assert(
      refused(Settings.from(far)).contains("one of tfpredict's settings: batch.rows, batch.bytes")
    )
  }

  test("SET cannot name a model") {
    val told = refused(spark.sql("SET spark.tfpredict.models.late=/p"))
    assert(told.contains("models to be named when Spark starts"))
    spark.conf.set("spark.tfpredict.models.late", "/p")
    try assert(
        refused(rows).contains("start Spark with --conf spark.tfpredict.models.late=…, or name")
      )
    finally spark.conf.unset("spark.tfpredict.models.late")
  }

  test("each key that is set is told with its value, and why it has no effect") {
    val models = "spark.tfpredict.models."
    val stated = SessionSettings.stated(
      Map(
        "spark.app.name" -> "other",
        "spark.tfpredict.batch.rows" -> "512",
        "spark.tfpredict.batch.row" -> "512",
        s"${models}fine" -> "/m",
        s"${models}fine.version" -> "latest",
        s"${models}odd" -> "/m",
        s"${models}odd.versoin" -> "latest",
        s"${models}lost.version" -> "1"
      )
    )
    val problems = stated.map { case (key, value, why) => (key, value) -> why.getOrElse("") }
    assert(problems.map(_._1) == problems.map(_._1).sorted && problems.size == 7)
    val told = problems.toMap
    assert(told("spark.tfpredict.batch.rows" -> "512").isEmpty)
    assert(
      told(
        "spark.tfpredict.batch.row" -> "512"
      ).contains("Did you mean spark.tfpredict.batch.rows?")
    )
    for (fine <- Seq(s"${models}fine" -> "/m", s"${models}fine.version" -> "latest"))
      assert(told(fine).isEmpty)
    assert(told(s"${models}odd" -> "/m").isEmpty)
    val odd = told(s"${models}odd.versoin" -> "latest")
    assert(odd.contains("Expected: an option of a model: "))
    assert(odd.contains(s"Found: ${models}odd.versoin. "))
    assert(
      told(s"${models}lost.version" -> "1")
        .contains(s"Expected: the model's path in ${models}lost. Found: no such setting.")
    )
  }
}
