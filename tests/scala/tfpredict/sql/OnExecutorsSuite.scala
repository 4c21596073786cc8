package tfpredict.sql

/** Spark evaluates no call while it plans. */
class OnExecutorsSuite extends PredictPlans {

  test("a condition on a partition column does not run the model during planning") {
    spark.sql("DROP TABLE IF EXISTS parted")
    spark.table("made").selectExpr(
      "id",
      "float(k) AS k"
    ).write.partitionBy("k").saveAsTable("parted")
    try
      for (
        (where, count) <- Seq(
          "scores(k) > 0.5" -> all.count(_ % 3 > 0),
          "k = 1 AND scores(k) > 0.5" -> all.count(_ % 3 == 1),
          "k = 0 OR scores(k) > 1.2" -> all.count(_ % 3 != 1),
          "id < 10 AND scores(k) > 0.5" -> (0 until 10).count(_ % 3 > 0)
        )
      ) {
        val query = check(s"SELECT count(*) FROM parted WHERE $where")
        assert(query.head().getLong(0) == count, where)
        val scan = query.queryExecution.executedPlan.toString
        assert(!"PartitionFilters: [^]]*scores".r.findFirstIn(scan).isDefined, scan)
      }
    finally { spark.sql("DROP TABLE parted"); () }
  }

  test("nor does one in a join, on local data, or in a data source's scan") {
    val session = spark
    import session.implicits._
    Seq(1f, 4f).toDF("v").createOrReplaceTempView("local")
    assert(spark.sql("SELECT count(*) FROM local WHERE scores(v) > 1.5").head().getLong(0) == 1)
    assert(spark.sql(
      "SELECT count(*) FROM local a, local b WHERE scores(a.v) > b.v"
    ).head().getLong(0) == 1)
    assert(spark.sql(
      "SELECT count(*) FROM local a JOIN local b ON scores(a.v) = scores(b.v)"
    ).head().getLong(0) == 2)
  }

  test("nor does one in a lambda over a partition column, which a scan would take over") {
    spark.sql("DROP TABLE IF EXISTS lambdas")
    spark.table("made").selectExpr("id", "float(k) AS k").write.partitionBy("k").saveAsTable(
      "lambdas"
    )
    try {
      val query = spark.sql(
        "SELECT count(*) FROM lambdas WHERE exists(array(k), e -> scores(e) > 0.5)"
      )
      assert(query.head().getLong(0) == all.count(_ % 3 > 0))
    } finally { spark.sql("DROP TABLE lambdas"); () }
  }

  test("a call that is evaluated without a task is an error, and loads nothing") {
    val call = spark.sql("SELECT scores(4.0)").queryExecution.analyzed.expressions
      .flatMap(_.collect { case found: Predict => found }).head
    val refused = intercept[IllegalStateException](call.eval())
    assert(refused.getMessage.startsWith("[TFPREDICT_ON_DRIVER] "))
  }
}
