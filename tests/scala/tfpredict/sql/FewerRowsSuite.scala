package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.Literal
import org.apache.spark.sql.catalyst.plans.logical.Tail
import org.apache.spark.sql.{DataFrame, Row}

import tfpredict.{GraphModel, Tfpredict}

/** Counts the rows that a model runs. */
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

  test("a sort and a limit run before the model unless they use its result") {
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
    // Without an order, Spark stops reading when it has enough rows.
    val any = check("SELECT linear(f) FROM many LIMIT 5")
    assert(any.collect().length == 5)
    assert(predicted(any) <= 16)
  }

  test("a sort over partitions, which reads its input twice, runs below the model") {
    val query = check("SELECT id, linear(f) AS y FROM many ORDER BY id")
    assert(predicted(query) == 20000)
    assert(ids(query) == (0L until 20000L))
  }

  test("a sample is taken first") {
    val query = check("SELECT id, linear(f) AS y FROM many TABLESAMPLE (10 PERCENT) REPEATABLE (7)")
    assert(predicted(query) == query.count())
  }

  test("a sort or a filter on the result runs the model for all rows") {
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
    // An argument that CUBE groups by differs between the copies of a row.
    val grouped = spark.sql("SELECT a, scores(float(a)) AS s FROM many GROUP BY CUBE (a)").collect()
    assert(grouped.length == 8 && grouped.count(_.isNullAt(1)) == 1)
  }

  test("a filter on a window, or above a call, comes before the model") {
    for (
      (text, count) <- Seq(
        "SELECT id, y FROM (SELECT id, linear(f) AS y, row_number() OVER (ORDER BY id) AS rn FROM many) WHERE rn <= 3" -> 3,
        "SELECT id, y FROM (SELECT id, linear(f) AS y, rank() OVER (PARTITION BY a ORDER BY id) AS rn FROM many) WHERE rn <= 3" -> 21,
        "SELECT id, y FROM (SELECT id, linear(f) AS y, dense_rank() OVER (PARTITION BY a ORDER BY id) AS rn FROM many) WHERE rn = 2" -> 7,
        "SELECT id, y FROM (SELECT id, linear(f) AS y, id % 7 + 1 AS z, count(*) OVER (PARTITION BY id % 11) AS n FROM many) WHERE n > 1818 AND z = 1" -> 520,
        "SELECT id, y FROM (SELECT id, linear(f) + 1 AS y, rand(3) AS r, row_number() OVER (ORDER BY id) AS rn FROM many) WHERE rn <= 3 AND r < 2" -> 3
      )
    ) {
      val query = check(text)
      assert(query.collect().length == count, text)
      assert(predicted(query) == count, query.queryExecution.executedPlan)
      for (row <- query.collect()) {
        val more = if (text.contains("+ 1 AS y")) 1 else 0
        val expected = 1.9978589 * row.getLong(0) - 1.0296257 + 3.0809885 + more
        // Products up to 40,000 are floats, each exact to 0.004.
        assert(math.abs(row.get(1).toString.toDouble - expected) < 0.02, text)
      }
    }
    // A filter on the result comes after the call, and other filters come before.
    val both = check(
      "SELECT id FROM (SELECT id, linear(f) AS y, row_number() OVER (PARTITION BY a ORDER BY id) AS rn FROM many) WHERE rn <= 3 AND y > 20"
    )
    assert(both.count() == 12 && predicted(both) == 21, both.queryExecution.executedPlan)
    val ranked = spark.sql(
      "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY linear(f) DESC) AS rn FROM many) WHERE rn <= 3"
    )
    // Spark 4 keeps the shuffled data of the first run, so that run is counted.
    assert(predicted(ranked) == 20000 && ids(ranked) == Seq(19999, 19998, 19997))
    assert(operators(ranked).size == 1 && unbatched(ranked) == 0)
  }

  test("limits, samples and joins that drop rows come before the model, also through subqueries") {
    for (
      (text, count) <- Seq(
        "SELECT id, y + 1 AS z FROM (SELECT id, y * 2 AS y FROM (SELECT id, a, linear(f) AS y FROM many)) ORDER BY id LIMIT 5" -> 5,
        "SELECT id, y FROM (SELECT id, linear(f) AS y FROM many) v WHERE EXISTS (SELECT 1 FROM t WHERE t.id = v.id)" -> rows,
        "SELECT id, y FROM (SELECT id, linear(f) AS y FROM many) v LEFT ANTI JOIN (SELECT id FROM many WHERE id > 9) w ON v.id = w.id" -> 10,
        "SELECT count(*) FROM (SELECT linear(f) AS y FROM many)" -> 0,
        "SELECT sum(y) FROM (SELECT linear(f) AS y FROM many TABLESAMPLE (7 ROWS))" -> 7,
        "(SELECT linear(f) AS y FROM many LIMIT 4) UNION ALL (SELECT linear(f) FROM many LIMIT 3)" -> 7,
        "SELECT linear(f) AS y, id FROM many LIMIT 5" -> 5,
        "SELECT y FROM (SELECT linear(f) AS y, array(1, 2) AS e, id FROM many) LATERAL VIEW explode(e) AS x WHERE id < 3" -> 3
      )
    ) {
      val query = spark.sql(text)
      assert(predicted(query) == count, query.queryExecution.executedPlan)
      assert(unbatched(query) == 0, text)
    }
    val sampled = spark.sql("SELECT id, linear(f) AS y FROM many").sample(0.01, 3)
    assert(predicted(sampled) == sampled.count() && sampled.count() < 1000)
  }

  test("a small sample with replacement is taken first, and is the same sample") {
    for (seed <- 1 to 5) {
      val sampled = spark.sql("SELECT id, linear(f) AS y FROM many").sample(true, 0.1, seed.toLong)
      val plain = spark.table("many").select("id", "f").sample(true, 0.1, seed.toLong)
      val found = sampled.collect()
      assert(found.map(_.getLong(0)).toSeq == plain.collect().map(_.getLong(0)).toSeq)
      for (row <- found) assertNear(row, 0)
      assert(found.map(_.getLong(0)).distinct.length < found.length)
      assert(predicted(sampled) == found.length, sampled.queryExecution.executedPlan)
    }
    // In a larger sample each row is predicted once.
    val twice = spark.sql("SELECT id, linear(f) AS y FROM many").sample(true, 1.2, 3)
    assert(predicted(twice) == 20000)
  }

  test("a model that draws gives all copies of a sampled row one number") {
    Tfpredict.register(spark, GraphModel.random(), "noisy")
    val sampled = spark.sql("SELECT id, noisy(float(a)) AS y FROM many").sample(true, 0.5, 3)
    val copies = sampled.collect().groupBy(_.getLong(0)).values.filter(_.length > 1)
    assert(copies.nonEmpty && copies.forall(_.map(_.get(1)).distinct.length == 1))
  }

  test("the last rows are taken before the model") {
    def seen(query: DataFrame, count: Int): Long = {
      val run = spark.sessionState.executePlan(Tail(Literal(count), query.queryExecution.logical))
      run.executedPlan.executeCollect()
      collectWithSubqueries(run.executedPlan) { case node: PredictExec => node }
        .map(_.metrics("rows").value).sum
    }
    val query = spark.sql("SELECT id, linear(f) + 1 AS y FROM many WHERE a > 0")
    val last = spark.table("many").where("a > 0").select("id").tail(5).map(_.getLong(0)).toSeq
    val found = query.tail(5)
    assert(found.map(_.getLong(0)).toSeq == last && seen(query, 5) == 5)
    for (row <- found) assertNear(row, 1)
    val sorted = spark.sql("SELECT id, linear(f) AS y FROM many ORDER BY a, id")
    val ordered = sorted.tail(3)
    assert(ordered.map(_.getLong(0)).toSeq == Seq(19984, 19991, 19998) && seen(sorted, 3) == 3)
    for (row <- ordered) assertNear(row, 0)
    val all = spark.sql("SELECT id, linear(f) AS y FROM t")
    assert(all.tail(100).length == rows && seen(all, 100) == rows)
  }

  private def assertNear(row: Row, more: Int): Unit = {
    // Products up to 40,000 are floats, each exact to 0.004.
    val expected = 1.9978589 * row.getLong(0) + 2.0513628 + more
    assert(math.abs(row.get(1).toString.toDouble - expected) < 0.02)
  }

  test("a call that a filter makes for some rows runs above it only for the others") {
    for (
      (text, count) <- Seq(
        "SELECT id, linear(f) AS y FROM t WHERE k = 1 OR linear(f) > -1000" -> rows,
        "SELECT id, linear(f) AS y FROM (SELECT * FROM t WHERE k = 1 OR linear(f) > -1000) ORDER BY linear(f) LIMIT 1000" -> rows,
        "SELECT id, if(k = 0, linear(f), 0) AS y FROM t WHERE linear(f) > -1000" -> rows,
        "SELECT id, if(k < 2, linear(f), -1) AS y FROM t WHERE k = 1 OR linear(f) > -1000" -> rows,
        "SELECT id, linear(f) AS y, if(k = 0, linear(f), 0) AS z FROM t ORDER BY linear(f) LIMIT 1000" -> rows,
        "SELECT linear(f) AS y, count(*) FROM t GROUP BY linear(f) HAVING linear(f) > -1000" -> rows,
        "SELECT * FROM (SELECT k, linear(f) AS y FROM t) PIVOT (sum(y) FOR k IN (0, 1, 2))" -> rows,
        "SELECT u.id, linear(u.f) AS y FROM t u JOIN made ON u.id = made.id WHERE u.k = 1 OR linear(u.f) > -1000" -> rows
      )
    ) {
      val query = spark.sql(text)
      assert(predicted(query) == count, query.queryExecution.executedPlan)
      assert(unbatched(query) == 0, text)
      if (text.startsWith("SELECT id, linear(f) AS y FROM")) {
        for (row <- query.collect())
          assert(math.abs(row.get(1).toString.toDouble - y(row.getLong(0).toDouble)) < 1e-2, text)
      }
    }
  }
}
