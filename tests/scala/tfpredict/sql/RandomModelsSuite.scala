package tfpredict.sql

import org.apache.spark.sql.Row

import tfpredict.{GraphModel, Tfpredict}

/** A model that draws random numbers runs once for each row of a query, like `rand()`. */
class RandomModelsSuite extends PredictPlans {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    Tfpredict.register(spark, GraphModel.random(), "noisy")
  }

  private def found(text: String): Seq[Row] = spark.sql(text).collect().toSeq

  // The query selects each column twice, and the two must be equal.
  private def assertSame(text: String, count: Int = rows): Unit = {
    val query = spark.sql(text)
    val differing = query.collect().filter(row => row.get(0) != row.get(1))
    assert(differing.isEmpty, query.queryExecution.executedPlan)
    assert(query.count() == count, text)
  }

  test("a subquery's column is one number, wherever it is used") {
    for (
      text <- Seq(
        "SELECT y, y AS z FROM (SELECT id, noisy(x) AS y FROM t)",
        "SELECT transform(array(1, 2), e -> y)[0], transform(array(1, 2), e -> y)[1] FROM (SELECT noisy(x) AS y FROM t)",
        "SELECT y, max(y) OVER (PARTITION BY id) FROM (SELECT id, noisy(x) AS y FROM t)",
        "SELECT ys[0], aggregate(ys, CAST(0 AS FLOAT), (a, e) -> a + e) FROM (SELECT transform(array(x), e -> noisy(e)) AS ys FROM t)",
        "SELECT ys[0], zs[0] FROM (SELECT ys, filter(ys, e -> e >= 0) AS zs FROM (SELECT transform(array(x), e -> noisy(e)) AS ys FROM t))"
      )
    ) assertSame(text)
  }

  test("a CTE that is read twice has one number for a row") {
    for (
      body <- Seq(
        "SELECT id, noisy(x) AS y FROM t",
        "SELECT id, noisy(x) + noisy(x) AS y, k FROM t WHERE k < 5",
        "SELECT id, transform(array(x), e -> noisy(e)) AS y FROM t",
        "SELECT id, y FROM (SELECT id, noisy(x) AS y, row_number() OVER (ORDER BY id) AS n FROM t) WHERE n < 1000",
        "SELECT t.id, noisy(t.x) AS y FROM t JOIN made ON t.id = made.id"
      )
    ) {
      assertSame(s"WITH r AS ($body) SELECT a.y, b.y FROM r a JOIN r b ON a.id = b.id")
      assertSame(
        s"WITH r AS ($body) SELECT a.y, b.y FROM r a, r b WHERE a.id = b.id AND a.id < 7",
        7
      )
      assertSame(
        s"WITH r AS ($body) SELECT max(y), min(y) FROM (SELECT * FROM r UNION ALL SELECT * FROM r) GROUP BY id"
      )
    }
  }

  test("a filter and the select list use the same number, also around EXISTS and limits") {
    for (
      where <- Seq(
        "y - x > 0.5 AND EXISTS (SELECT 1 FROM made WHERE made.id = v.id)",
        "EXISTS (SELECT 1 FROM made WHERE made.id = v.id) AND y - x > 0.5",
        "id IN (SELECT id FROM made) AND y - x > 0.5",
        "y - x > 0.5 AND k IN (0, 1, 2)",
        "y - x > 0.5 ORDER BY y LIMIT 1000",
        "if(y - x > 0.5, true, false)"
      )
    ) {
      val text = s"SELECT y - x AS d FROM (SELECT id, k, x, noisy(x) AS y FROM t) v WHERE $where"
      val query = spark.sql(text)
      val kept = query.collect().map(_.getFloat(0))
      // x is below 64, so its sum is exact to 2^-17.
      assert(kept.nonEmpty && kept.length < rows && kept.forall(_ > 0.5), query.queryExecution)
    }
  }

  test("two calls draw two numbers, each once per row") {
    val two = found("SELECT noisy(x), noisy(x) FROM t")
    assert(two.count(row => row.getFloat(0) != row.getFloat(1)) > rows / 2)
    for (
      (text, count) <- Seq(
        "SELECT id, y FROM (SELECT id, noisy(x) AS y FROM t) ORDER BY id LIMIT 5" -> 5,
        "SELECT y FROM (SELECT id, noisy(x) AS y FROM t) WHERE y > -1" -> rows
      )
    ) assert(predicted(spark.sql(text)) == count, text)
  }
}
