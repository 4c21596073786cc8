package tfpredict.sql

import org.apache.spark.sql.DataFrame

/** How many rows the model sees. */
class FewerRowsSuite extends PredictPlans {

  private def ids(query: DataFrame): Seq[Long] = query.collect().map(_.getLong(0)).toSeq

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    val path = s"${sys.props("java.io.tmpdir")}/many-rows"
    spark.range(0, 20000, 1, 4).selectExpr(
      "id",
      "id % 7 AS a",
      "id % 5 AS b",
      "id % 3 AS c",
      "array(float(id), 1f) AS f"
    ).write.mode("overwrite").parquet(path)
    spark.read.parquet(path).createOrReplaceTempView("many")
  }

  test("a sort and a limit come before the model where its answer does not decide them") {
    for (
      text <- Seq(
        "SELECT id, linear(f) AS y FROM many ORDER BY id DESC LIMIT 5",
        "SELECT id, y FROM (SELECT id, linear(f) AS y FROM many) ORDER BY id DESC LIMIT 5",
        "SELECT id, linear(f) + 1 AS y FROM (SELECT * FROM many ORDER BY id DESC LIMIT 5)",
        "SELECT id, linear(f) AS y FROM many ORDER BY id + 1 DESC LIMIT 5"
      )
    ) {
      val query = check(text)
      assert(ids(query).sorted == (19995L to 19999L), text)
      assert(predicted(query) == 5, query.queryExecution.executedPlan)
    }
    val offset = check("SELECT id, linear(f) FROM many ORDER BY id LIMIT 5 OFFSET 3")
    assert(ids(offset) == (3L to 7L))
    assert(predicted(offset) <= 8)
    val shown = spark.sql("SELECT id, linear(f) AS y FROM many ORDER BY id DESC").limit(21)
    assert(predicted(shown) == 21)
    val inner = check("SELECT sum(y) FROM (SELECT linear(f) AS y FROM many LIMIT 5)")
    assert(predicted(inner) == 5, inner.queryExecution.executedPlan)
    // Without an order, Spark reads until it has enough.
    val any = check("SELECT linear(f) FROM many LIMIT 5")
    assert(any.collect().length == 5)
    assert(predicted(any) <= 16)
  }

  test("a sort over partitions, which reads its input once more, has the model above it") {
    val query = check("SELECT id, linear(f) AS y FROM many ORDER BY id")
    assert(predicted(query) == 20000)
    assert(ids(query) == (0L until 20000L))
  }

  test("a sample is taken first") {
    val query = check("SELECT id, linear(f) AS y FROM many TABLESAMPLE (10 PERCENT) REPEATABLE (7)")
    assert(predicted(query) == query.count())
  }

  test("an order or a filter by the answer asks the model for all rows") {
    val query = check("SELECT id FROM many ORDER BY linear(f) DESC LIMIT 5")
    assert(ids(query) == (19999L to 19995L by -1))
    assert(predicted(query) == 20000)
    val filtered = check("SELECT id, linear(f) FROM many WHERE linear(f) > 100 ORDER BY id LIMIT 5")
    assert(predicted(filtered) == 20000)
    assert(ids(filtered).head == 50)
  }

  test("each call runs once for a row, also around joins, EXISTS and windows") {
    for (
      text <- Seq(
        "SELECT linear(t.f) FROM t JOIN made ON t.id = made.id WHERE linear(t.f) > -1000",
        "SELECT linear(t.f) FROM t LEFT JOIN made ON t.id = made.id WHERE linear(t.f) > -1000",
        "SELECT linear(f) FROM t WHERE linear(f) > -1000 AND EXISTS (SELECT 1 FROM made WHERE made.id = t.id)",
        "SELECT linear(f) - avg(linear(f)) OVER () FROM t",
        "SELECT linear(f) - lag(linear(f)) OVER (ORDER BY id) FROM t"
      )
    ) {
      val query = check(text)
      assert(query.count() == rows, text)
      assert(predicted(spark.sql(text)) == rows, query.queryExecution.executedPlan)
    }
  }

  test("each call runs once for a row under CUBE, ROLLUP and aggregates of distinct values") {
    for (
      (groups, count) <- Seq(
        "CUBE (a, b, c)" -> 192,
        "ROLLUP (a, b)" -> 43,
        "GROUPING SETS ((a), (b), ())" -> 13
      )
    ) {
      val query = check(s"SELECT sum(linear(f)), count(*) FROM many GROUP BY $groups")
      assert(query.count() == count, groups)
      assert(predicted(spark.sql(s"SELECT sum(linear(f)) FROM many GROUP BY $groups")) == 20000)
    }
    val distinct = check(
      "SELECT count(DISTINCT a), count(DISTINCT b), sum(linear(f)), count(DISTINCT linear(f)) FROM many"
    )
    assert(predicted(distinct) == 20000)
    val row = distinct.head()
    assert(row.getLong(0) == 7 && row.getLong(1) == 5 && row.getLong(3) == 20000)
    // An argument that CUBE groups by is another in each copy of a row.
    val grouped = spark.sql("SELECT a, scores(float(a)) AS s FROM many GROUP BY CUBE (a)").collect()
    assert(grouped.length == 8 && grouped.count(_.isNullAt(1)) == 1)
  }
}
