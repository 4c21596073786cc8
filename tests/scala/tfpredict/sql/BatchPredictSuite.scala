package tfpredict.sql
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation
import org.apache.spark.sql.functions.{col, expr}

import tfpredict.{TestModels, Tfpredict, functions}

/** The operator's behavior and optimizations. */
class BatchPredictSuite extends PredictPlans {

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
    // A sort over partitions reads its input twice, since it first samples it for the ranges.
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
    // It would fail for other rows, whose arrays are too short.
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

  test("columns that only calls need are dropped after them, and unused ones are not read") {
    val plan =
      check("SELECT linear(f) AS y FROM t WHERE linear(f) > 10").queryExecution.executedPlan
    val scans = plan.toString.split("\n").filter(_.contains("FileScan")).toSeq
    assert(scans.size == 1 && scans.head.contains("FileScan parquet [f#"), plan)
    val Seq(exec) = collectWithSubqueries(plan) { case node: PredictExec => node }
    assert(exec.child.output.map(_.name) == Seq("f"))
  }

  test("expressions that depend on the partition stay right, beside a call and in it") {
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
        "batches of up to 8192 rows"
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

  test("metrics count rows and batches, and time runs") {
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
