package tfpredict.sql

import org.apache.spark.sql.types.StringType
import org.apache.spark.sql.{AnalysisException, Row}

import tfpredict.{InputException, SparkSuite, TestModels, Tfpredict}

/** Types that are new in Spark 4: collations, VARIANT, TIME. And ANSI mode. */
class NewTypesSuite extends SparkSuite {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    for (name <- Seq("linear", "lookup", "typed_string"))
      Tfpredict.register(spark, TestModels.spec(name), name)
  }

  private def first(query: String): Row = spark.sql(query).head()

  private def refused(query: String): String =
    intercept[AnalysisException](spark.sql(query)).getMessage

  test("a string of any collation is passed as its text, and a result has the default one") {
    for (collation <- Seq("UTF8_LCASE", "UNICODE", "UNICODE_CI", "de_CI_AI")) {
      assert(first(s"SELECT lookup('plum' COLLATE $collation) AS y").getStruct(0) == Row(
        2L,
        "PLUM"
      ))
      // Upper case is different text to the model, even if the collation ignores case.
      val other = first(s"SELECT lookup('Plum' COLLATE $collation).index AS y")
      assert(other.getLong(0) == -1L)
    }
    val nested = "array('a' COLLATE UNICODE_CI, 'B' COLLATE UNICODE_CI, 'c', 'd')"
    val found = spark.sql(s"SELECT typed_string($nested).same AS y")
    assert(found.head().getSeq[Seq[String]](0) == Seq(Seq("a", "B"), Seq("c", "d")))
    assert(found.select("y").schema.head.dataType.sql == "ARRAY<ARRAY<STRING>>")
    assert(spark.sql("SELECT lookup('x').upper AS y").schema.head.dataType == StringType)
    spark.sql(
      "CREATE OR REPLACE TEMP VIEW words AS SELECT w COLLATE UTF8_LCASE AS w FROM VALUES ('plum'), ('fig') AS t(w)"
    )
    val sorted = spark.sql("SELECT lookup(w).upper AS u FROM words ORDER BY w").collect()
    assert(sorted.map(_.getString(0)).toSeq == Seq("FIG", "PLUM"))
  }

  test("VARIANT is refused with a fix, and accepted when it is cast") {
    for (
      (call, found) <-
        Seq("parse_json('[1, 2]')" -> "variant", "array(parse_json('1'))" -> "array<variant>")
    ) {
      val message = refused(s"SELECT linear($call)")
      assert(
        message.contains(
          s"Expected: array<float> for input inputs (float32[?, 2]). Found: $found for inputs. " +
            "Fix: CAST the column, or use variant_get."
        ),
        message
      )
    }
    val y = first("SELECT linear(CAST(parse_json('[1, 2]') AS ARRAY<FLOAT>))").getFloat(0)
    val z =
      first("SELECT linear(variant_get(parse_json('{\"a\": [1, 2]}'), '$.a', 'array<float>'))")
    assert(y == z.getFloat(0) && math.abs(y - 3.019596) < 1e-5)
  }

  test("types that no tensor has are refused by name") {
    for (
      (value, found) <- Seq(
        "TIME '10:00:00'" -> "time(6)",
        "current_date()" -> "date",
        "INTERVAL '1' DAY" -> "interval day"
      )
    )
      assert(
        refused(s"SELECT linear($value)").contains(
          s"Expected: array<float> for input inputs (float32[?, 2]). Found: $found for inputs."
        )
      )
  }

  test("ANSI mode changes no cast of arguments, and a wrong row is still an InputException") {
    assert(spark.conf.get("spark.sql.ansi.enabled") == "true")
    val texts = Seq(
      "array(1, 2)",
      "array(1.5BD, 2.25BD)",
      "array(9223372036854775807, -9223372036854775808)",
      "array(CAST(1e300 AS DOUBLE), 2)",
      "array(CAST('NaN' AS DOUBLE), 1)"
    )
    val ansi = texts.map(text => first(s"SELECT linear($text)").getFloat(0))
    spark.conf.set("spark.sql.ansi.enabled", "false")
    val plain =
      try texts.map(text => first(s"SELECT linear($text)").getFloat(0))
      finally spark.conf.set("spark.sql.ansi.enabled", "true")
    assert(ansi.map(_.toString) == plain.map(_.toString))

    val failed = intercept[Exception](
      spark.sql("SELECT linear(f) FROM VALUES (array(1, 2)), (array(3)) AS t(f)").collect()
    )
    assert(causeOf[InputException](failed).getMessage.contains("Expected: length 2 at depth 1"))
    // Errors that Spark itself raises for a row stay Spark's own.
    val divided = intercept[Exception](
      spark.sql("SELECT linear(array(1 / id, 2)) FROM range(0, 2)").collect()
    )
    assert(divided.getMessage.contains("DIVIDE_BY_ZERO"))
    val tried = spark.sql("SELECT linear(array(try_divide(1, id), 2)) FROM range(1, 2)").head()
    assert(math.abs(tried.getFloat(0) - 3.019596) < 1e-5)
  }
}
