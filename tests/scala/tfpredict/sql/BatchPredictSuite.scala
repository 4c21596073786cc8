package tfpredict.sql

import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanHelper
import org.apache.spark.sql.functions.{col, expr}

import tfpredict.{SparkSuite, TestModels, Tfpredict, functions}

/** Where calls may stand, and what the plan then is: an operator each, and nothing unbatched. */
class BatchPredictSuite extends SparkSuite with AdaptiveSparkPlanHelper {
  private val rows = 40

  private def y(x: Double): Double = (1.9978589 - 1.0296257) * x + 3.0809885

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    for (name <- Seq("linear", "scores", "two_outputs", "ragged", "fixed_batch"))
      Tfpredict.register(spark, TestModels.spec(name), name)
    spark
      .range(0, rows.toLong, 1, 4)
      .selectExpr("id", "id % 3 AS k", "float(id) AS x", "array(float(id), float(id)) AS f")
      .createOrReplaceTempView("made")
    // From files: what is local is not what a query reads.
    val path = s"${sys.props("java.io.tmpdir")}/batch-predict-parquet"
    spark.table("made").write.mode("overwrite").parquet(path)
    spark.read.parquet(path).createOrReplaceTempView("t")
  }

  private def operators(query: DataFrame): Seq[PredictExec] = {
    query.collect()
    collectWithSubqueries(query.queryExecution.executedPlan) { case node: PredictExec => node }
  }

  /** Calls that an operator does not make. */
  private def unbatched(query: DataFrame): Int =
    collectWithSubqueries(query.queryExecution.executedPlan) {
      case node if !node.isInstanceOf[PredictExec] => node.expressions
    }.flatten.flatMap(_.collect { case call: Predict => call }).size

  private def check(text: String, expectedOperators: Int = 1): DataFrame = {
    val query = spark.sql(text)
    val found = operators(query)
    assert(found.size == expectedOperators, query.queryExecution.executedPlan)
    assert(unbatched(query) == 0, query.queryExecution.executedPlan)
    query
  }

  private def doubles(query: DataFrame): Seq[Double] =
    query.collect().map(_.get(0).toString.toDouble).toSeq

  private def assertNear(found: Seq[Double], expected: Seq[Double]): Unit = {
    assert(found.size == expected.size)
    found.zip(expected).foreach { case (a, b) => assert(math.abs(a - b) < 1e-2, s"$a, not $b") }
  }

  private val all = (0 until rows).map(_.toDouble)

  /** Rows that went through models when a query ran. */
  private def predicted(query: DataFrame): Long =
    operators(query).map(_.metrics("rows").value).sum

  test("a select list, with other columns, in their order") {
    val found = check("SELECT id, linear(f) AS y, k FROM t ORDER BY id").collect()
    assert(found.map(_.getLong(0)).toSeq == (0L until rows.toLong))
    assertNear(found.map(_.getFloat(1).toDouble).toSeq, all.map(y))
    assert(found.map(_.getLong(2)).toSeq == (0L until rows.toLong).map(_ % 3))
  }

  test("WHERE, with what need not wait for it below") {
    val query = check("SELECT id FROM t WHERE linear(f) > 10 AND k = 1 AND id < 30 ORDER BY id")
    val expected = all.filter(x => y(x) > 10 && x % 3 == 1 && x < 30)
    assertNear(doubles(query), expected)
    assert(
      predicted(spark.sql("SELECT id FROM t WHERE linear(f) > 10 AND k = 1 AND id < 30")) == 10
    )
    val plan = query.queryExecution.executedPlan.toString
    assert(plan.contains("PushedFilters: [") && plan.contains("LessThan(id,30)"))
  }

  test("GROUP BY, an aggregate's argument, and a call on aggregates") {
    val groups =
      check("SELECT linear(f) > 10 AS big, count(*) FROM t GROUP BY linear(f) > 10 ORDER BY big")
    assert(groups.collect().map(_.getLong(1)).toSeq ==
      Seq(all.count(y(_) <= 10), all.count(y(_) > 10)).map(_.toLong))
    assertNear(doubles(check("SELECT sum(linear(f)) FROM t")), Seq(all.map(y).sum))
    assertNear(
      doubles(check("SELECT linear(array(float(max(x)), float(max(x)))) FROM t")),
      Seq(y(all.max))
    )
    assertNear(
      doubles(check(
        "SELECT linear(array(float(k), float(k))) + avg(linear(f)) * 0 FROM t GROUP BY k ORDER BY k",
        2
      )),
      Seq(0.0, 1.0, 2.0).map(y)
    )
    assertNear(
      doubles(check("SELECT count(*) FROM t GROUP BY k HAVING max(linear(f)) > 40 ORDER BY 1")),
      (0 to 2).map(k => all.filter(_ % 3 == k)).filter(_.map(
        y
      ).max > 40).map(_.size.toDouble).sorted
    )
    assertNear(
      doubles(check("SELECT count(DISTINCT round(linear(f))) FROM t")),
      Seq(all.map(x => math.round(y(x))).distinct.size.toDouble)
    )
  }

  test("a join's condition: each side's call below it, one over both on the joined rows") {
    val one = check("SELECT a.id FROM t a JOIN t b ON a.id = b.id AND linear(a.f) > 10 ORDER BY 1")
    assertNear(doubles(one), all.filter(y(_) > 10))
    val left =
      check("SELECT count(b.id) FROM t a LEFT JOIN t b ON a.id = b.id AND linear(a.f) > 10")
    assertNear(doubles(left), Seq(all.count(y(_) > 10).toDouble))
    val keys = check(
      "SELECT count(*) FROM t a JOIN t b ON round(linear(a.f)) = round(linear(b.f)) AND a.id = b.id",
      2
    )
    assertNear(doubles(keys), Seq(rows.toDouble))
    val both =
      check("SELECT count(*) FROM t a JOIN t b ON a.k = b.k AND linear(array(a.x, b.x)) > 70")
    val expected = for {
      a <- all; b <- all if a % 3 == b % 3 && 1.9978589 * a - 1.0296257 * b + 3.0809885 > 70
    } yield 1
    assertNear(doubles(both), Seq(expected.size.toDouble))
  }

  test("a call over both sides of an outer join answers the same, a row at a time") {
    val query = spark.sql(
      "SELECT count(b.id) FROM t a LEFT JOIN t b ON a.id = b.id AND linear(array(a.x, b.x)) > 10"
    )
    assertNear(doubles(query), Seq(all.count(y(_) > 10).toDouble))
    assert(unbatched(query) == 1)
  }

  test("ORDER BY, with and without the call in the select list") {
    assertNear(
      doubles(check("SELECT linear(f) FROM t ORDER BY linear(f) DESC LIMIT 3")),
      all.map(y).sorted.reverse.take(3)
    )
    assertNear(doubles(check("SELECT id FROM t ORDER BY -linear(f)")), all.reverse)
  }

  test("a call in a call, and calls of several models") {
    val nested = check("SELECT scores(linear(f)) FROM t ORDER BY id", 2)
    assertNear(doubles(nested), all.map(x => math.sqrt(y(x))))
    val mixed = check("SELECT linear(f) + scores(x) FROM t ORDER BY id", 2)
    assertNear(doubles(mixed), all.map(x => y(x) + math.sqrt(x)))
  }

  test("a subquery, a view, a cached table, a window, an array that is exploded") {
    assertNear(
      doubles(
        check("SELECT id FROM t WHERE float(id) > (SELECT avg(linear(f)) FROM t) ORDER BY 1")
      ),
      all.filter(_ > all.map(y).sum / rows)
    )
    assertNear(
      doubles(check("SELECT id FROM t WHERE id IN (SELECT round(linear(f)) FROM t) ORDER BY 1")),
      all.filter(x => all.map(v => math.round(y(v)).toDouble).contains(x))
    )
    spark.sql("CREATE OR REPLACE TEMP VIEW v AS SELECT id, linear(f) AS y FROM t")
    assertNear(doubles(check("SELECT y FROM v WHERE y > 10 ORDER BY y")), all.map(y).filter(_ > 10))
    spark.sql("CACHE TABLE c AS SELECT id, linear(f) AS y FROM t")
    assertNear(doubles(spark.sql("SELECT y FROM c ORDER BY id")), all.map(y))
    assertNear(
      doubles(
        check("SELECT sum(linear(f)) OVER (PARTITION BY k ORDER BY linear(f)) FROM t WHERE k = 0")
      ),
      all.filter(_ % 3 == 0).map(y).scanLeft(0.0)(_ + _).tail
    )
    assertNear(
      doubles(check("SELECT v FROM t LATERAL VIEW explode(array(linear(f), 1)) AS v WHERE id = 3")),
      Seq(y(3), 1)
    )
  }

  test("identical calls run once a row, also across a filter, a sort and projections") {
    for (
      text <- Seq(
        "SELECT linear(f), linear(f) + 1 FROM t",
        "SELECT linear(f) FROM t WHERE linear(f) > -1000",
        "SELECT y, linear(f) FROM (SELECT f, linear(f) AS y FROM t) WHERE y > -1000",
        "SELECT y + 1, y + 2 FROM (SELECT linear(f) AS y FROM t) WHERE y > -1000"
      )
    ) {
      val query = check(text)
      assert(predicted(query) == rows, query.queryExecution.executedPlan)
    }
    // A sort over partitions reads its input once more, to see where to cut it.
    val sorted = check("SELECT linear(f) FROM t WHERE linear(f) > -1000 ORDER BY linear(f)")
    assert(predicted(sorted) == 2 * rows)
  }

  test("functions of the same columns with the same inputs are one operator, and encode once") {
    Tfpredict.register(spark, TestModels.spec("linear"), "other")
    Tfpredict.register(spark, TestModels.spec("two_outputs"), "pair")
    val query = check("SELECT linear(f) - other(f), pair(f).p FROM t ORDER BY id")
    assertNear(doubles(query), all.map(_ => 0.0))
    assert(predicted(spark.sql("SELECT linear(f) - other(f), pair(f).p FROM t")) == rows)
  }

  test("a call under a condition is made for the rows that meet it") {
    // For the others it would fail: their arrays are too short.
    val query = check(
      "SELECT CASE WHEN k = 1 THEN linear(if(k = 1, f, array(1.0f))) ELSE 0.0f END FROM t ORDER BY id"
    )
    assertNear(doubles(query), all.map(x => if (x % 3 == 1) y(x) else 0))
    val unsorted =
      spark.sql(
        "SELECT CASE WHEN k = 1 THEN linear(if(k = 1, f, array(1.0f))) ELSE 0.0f END FROM t"
      )
    assert(predicted(unsorted) == all.count(_ % 3 == 1))
    val nested = check(
      "SELECT CASE WHEN linear(f) > 10 THEN scores(x) WHEN k = 0 THEN scores(x + 1) END FROM t ORDER BY id",
      3
    )
    val expected = all.map(x =>
      if (y(x) > 10) math.sqrt(x) else if (x % 3 == 0) math.sqrt(x + 1) else Double.NaN
    )
    val found =
      nested.collect().map(row => if (row.isNullAt(0)) Double.NaN else row.getFloat(0).toDouble)
    found.zip(expected).foreach { case (a, b) =>
      assert(a.isNaN && b.isNaN || math.abs(a - b) < 1e-3)
    }
    assertNear(
      doubles(check("SELECT coalesce(linear(f), scores(x)) FROM t ORDER BY id", 2)),
      all.map(y)
    )
  }

  test("columns that only calls need end at them, and others are not read") {
    val plan =
      check("SELECT linear(f) AS y FROM t WHERE linear(f) > 10").queryExecution.executedPlan
    val scans = plan.toString.split("\n").filter(_.contains("FileScan")).toSeq
    assert(scans.size == 1 && scans.head.contains("FileScan parquet [f#"), plan)
    val Seq(exec) = collectWithSubqueries(plan) { case node: PredictExec => node }
    assert(exec.child.output.map(_.name) == Seq("f"))
  }

  test("expressions that differ by partition stay what they are, beside a call and in it") {
    val beside =
      "SELECT id, spark_partition_id() AS p, monotonically_increasing_id() AS m, rand(7) AS r"
    val found = check(s"$beside, linear(f) AS y FROM made").drop("y").collect().toSet
    assert(found == spark.sql(s"$beside FROM made").collect().toSet)
    assert(found.map(_.getInt(1)).size == 4)
    val inside = check("SELECT id, linear(array(float(rand(7)), 0f)) AS y FROM made").collect()
    val random = spark.sql("SELECT id, rand(7) AS r FROM made").collect()
    inside.zip(random).foreach { case (a, b) =>
      assert(math.abs(a.getFloat(1) - (1.9978589 * b.getDouble(1) + 3.0809885)) < 1e-4)
    }
  }

  test("EXPLAIN names the model, its version, its signature and the size of batches") {
    val plan = spark.sql("SELECT linear(f) AS y FROM t").queryExecution.executedPlan.toString
    for (
      part <- Seq(
        "Predict [linear(f#",
        "linear (version 1, signature serving_default)",
        "batches of up to 1024 rows"
      )
    )
      assert(plan.contains(part), plan)
  }

  test("local data is not answered on the driver while planning") {
    val session = spark
    import session.implicits._
    val local = Seq(Array(1f, 2f)).toDF("f").selectExpr("linear(f) AS y")
    assert(local.queryExecution.optimizedPlan.exists(_.isInstanceOf[BatchPredict]))
    assert(!local.queryExecution.optimizedPlan.isInstanceOf[LocalRelation])
    assertNear(doubles(local), Seq(3.019596))
  }

  test("LIMIT pays for a few rows") {
    val many = spark.range(0, 100000, 1, 1).selectExpr("array(float(id), 1f) AS f")
    val query = many.selectExpr("linear(f) AS y").limit(5)
    assert(query.collect().length == 5)
    val ran = collectWithSubqueries(query.queryExecution.executedPlan) { case node: PredictExec =>
      node
    }
      .map(_.metrics("rows").value).sum
    assert(ran > 0 && ran <= 16, ran)
  }

  test("nulls, empty partitions, no rows, one-row partitions and wide rows") {
    val nulls = spark.range(0, 30, 1, 3).selectExpr(
      "id",
      "if(id % 4 = 0, null, array(float(id), float(id))) AS f"
    )
    val found = nulls.selectExpr("id", "linear(f) AS y").orderBy("id").collect()
    found.foreach { row =>
      if (row.getLong(0) % 4 == 0) assert(row.isNullAt(1))
      else assert(math.abs(row.getFloat(1) - y(row.getLong(0).toDouble)) < 1e-3)
    }
    assert(nulls.where("id < 0").selectExpr("linear(f)").collect().isEmpty)
    assert(nulls.where("id = 7").repartition(5).selectExpr("linear(f)").collect().length == 1)
    assert(spark.range(0, 9, 1, 9).selectExpr("scores(float(id))").collect().length == 9)
    val wide = spark.range(0, 20, 1, 2).select(
      (col("id") +: (0 until 10000).map(i => expr(s"id + $i").as(s"c$i"))) :+
        expr("array(float(id), float(id))").as("f"): _*
    )
    val last =
      wide.select(col("id"), col("c9999"), expr("linear(f)").as("y")).where("id = 19").head()
    assert(last.getLong(1) == 19 + 9999)
    val whole = wide.withColumn("y", functions.predict(TestModels.spec("linear"), col("f")))
    whole.orderBy("id").collect().foreach { row =>
      assert(row.size == 10003)
      assert(math.abs(row.getFloat(10002) - y(row.getLong(0).toDouble)) < 1e-3)
    }
  }

  test("the answers are the same with and without adaptive execution") {
    val text = "SELECT k, sum(linear(f)) FROM t WHERE scores(x) > 2 GROUP BY k ORDER BY k"
    val found = Seq("true", "false").map { enabled =>
      spark.conf.set("spark.sql.adaptive.enabled", enabled)
      try spark.sql(text).collect().toSeq
      finally spark.conf.unset("spark.sql.adaptive.enabled")
    }
    assert(found.head == found.last && found.head.size == 3)
  }

  test("metrics say what was done") {
    val query = spark.sql("SELECT linear(f) AS y FROM made")
    val Seq(exec) = operators(query)
    val metrics = exec.metrics.mapValues(_.value).toMap
    assert(metrics("rows") == rows && metrics("numOutputRows") == rows)
    assert(metrics("batches") == 4)
    assert(metrics("run") > 0 && metrics("encode") > 0)
  }

  test("a new session has the function's plan too, once it is registered there") {
    val other = spark.newSession()
    Tfpredict.register(other, TestModels.spec("linear"), "linear")
    val query = other.sql("SELECT linear(array(float(id), float(id))) FROM range(3)")
    assert(operators(query).size == 1)
  }
}
