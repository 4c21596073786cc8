package tfpredict.sql

import org.apache.spark.sql.types.{FloatType, LongType, StringType, StructField, StructType}
import org.apache.spark.sql.{DataFrame, Row}

import tfpredict.{InputException, OnError, PredictOptions, SparkSuite, TestModels, Tfpredict}

/** Rejected rows, and results with the model's version. */
class OnErrorSuite extends SparkSuite {
  private val bad = Set(3L, 700L, 1500L)

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    val linear = TestModels.spec("linear")
    for (mode <- OnError.all)
      Tfpredict.register(spark, linear, s"linear_$mode", PredictOptions(onError = mode))
    val two = PredictOptions(onError = OnError.Struct, modelVersion = true)
    Tfpredict.register(spark, linear, "linear_all", two)
    Tfpredict.register(spark, linear, "linear_version", PredictOptions(modelVersion = true))
    rows.createOrReplaceTempView("t")
  }

  private def rows: DataFrame = spark.range(0, 2000, 1, 2).selectExpr(
    "id",
    "CASE WHEN id IN (3, 1500) THEN array(1f) WHEN id = 700 THEN array(1f, null) " +
      "WHEN id % 10 = 9 THEN null ELSE array(float(id % 7), float(id % 5)) END AS f"
  )

  private lazy val expected: Map[Long, Any] =
    spark
      .sql("SELECT id, linear_fail(f) FROM t WHERE id NOT IN (3, 700, 1500)")
      .collect()
      .map(row => row.getLong(0) -> row.get(1))
      .toMap

  test("a bad row fails its task with its place and reason, and is not the model's fault") {
    // From one partition. With bad rows in both, either task could fail first.
    val query = spark.sql("SELECT linear_fail(f) FROM t WHERE id < 1000")
    val failed = causeOf[InputException](intercept[Exception](query.collect()))
    assert(failed.getMessage.contains("Expected: length 2 at depth 1 in input"))
    assert(failed.getMessage.contains("Found: length 1, in row 4 of partition 0."))
  }

  test("null: a bad row has a null result, other rows their own, and it is counted") {
    val query = spark.sql("SELECT id, linear_null(f) AS y FROM t")
    val found = query.collect().map(row => row.getLong(0) -> row.get(1)).toMap
    assert(found == expected ++ bad.map(_ -> null))
    val exec = query.queryExecution.executedPlan.collectFirst { case exec: PredictExec => exec }
    assert(exec.get.metrics("rejected").value == bad.size)
  }

  test("struct: a result is a value or an error, and neither where an input is null") {
    val query = spark.sql("SELECT id, linear_struct(f) AS y FROM t")
    assert(
      query.schema("y").dataType ==
        StructType(Seq(StructField("value", FloatType), StructField("error", StringType)))
    )
    val found = query.selectExpr("id", "y.value", "y.error").collect()
    assert(found.map(row => row.getLong(0) -> row.get(1)).toMap == expected ++ bad.map(_ -> null))
    val errors = found.collect { case Row(id: Long, _, error: String) => id -> error }.toMap
    assert(errors.keySet == bad)
    assert(
      errors(3) == "[TFPREDICT_INPUT_LENGTH] An array has a length that the model does not take. " +
        "Expected: length 2 at depth 1 in input inputs (float32[?, 2]). Found: length 1."
    )
    assert(errors(700).contains("a null at index 1"))
  }

  test("if every result is a struct, a null row has one too, and the type is not nullable") {
    for (
      (call, nothing) <- Seq(
        "linear_struct(f)" -> Row(null, null),
        "linear_version(f)" -> Row(null, 1L),
        "linear_all(f)" -> Row(null, null, 1L),
        "transform(array(f), x -> linear_struct(x))[0]" -> Row(null, null)
      )
    ) {
      val query = spark.sql(s"SELECT $call AS y FROM t WHERE id % 10 = 9")
      assert(query.distinct().collect().toSeq == Seq(Row(nothing)), call)
      if (!call.contains("transform")) assert(!query.schema("y").nullable, call)
    }
    assert(spark.sql("SELECT linear_null(f) FROM t").schema.head.nullable)
    // An outer join without a match has no result either.
    val joined = spark.sql(
      "SELECT y FROM range(1) LEFT JOIN (SELECT linear_struct(f) AS y FROM t WHERE id < 0)"
    )
    assert(joined.schema.head.nullable && joined.head().isNullAt(0))
  }

  test("it is the same in a lambda, and row by row") {
    val lambda = "transform(array(f), x -> linear_struct(x))[0]"
    for (excluded <- Seq("", ExtractPredicts.ruleName)) {
      spark.conf.set("spark.sql.optimizer.excludedRules", excluded)
      try assertSame(lambda)
      finally spark.conf.unset("spark.sql.optimizer.excludedRules")
    }
  }

  private def assertSame(lambda: String): Unit = {
    val found = spark.sql(s"SELECT id, $lambda.value, $lambda.error FROM t WHERE id < 20").collect()
    assert(found.map(row => row.getLong(0) -> row.get(1)).toMap ==
      (expected ++ bad.map(_ -> null)).filter(_._1 < 20))
    assert(found.filter(row => row.get(2) != null).map(_.getLong(0)).toSeq == Seq(3L))
    ()
  }

  test("a result has the version, on request") {
    val version = spark.sql("SELECT linear_version(array(1f, 2f)) AS y").selectExpr("y.*")
    assert(version.schema.map(field => field.name -> field.dataType) ==
      Seq("value" -> FloatType, "model_version" -> LongType))
    assert(version.head().getLong(1) == 1)
    val all = spark.sql("SELECT id, linear_all(f) AS y FROM t WHERE id IN (2, 3, 9)")
      .selectExpr("id", "y.value IS NULL", "y.error IS NULL", "y.model_version")
    assert(all.collect().toSet ==
      Set(Row(2L, false, true, 1L), Row(3L, true, false, 1L), Row(9L, true, true, 1L)))
  }

  test("an invalid value is refused with the valid ones") {
    val refused = intercept[IllegalArgumentException](OnError.of("ignore"))
    assert(refused.getMessage == "[TFPREDICT_ARGUMENT_VALUE] An argument has a value that it does not take. " +
      "Expected: one of fail, null, struct for on_error. Found: ignore. Fix: Pass one of these.")
  }
}
