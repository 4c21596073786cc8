package tfpredict.sql

import org.apache.spark.SPARK_VERSION
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.execution.ReusedSubqueryExec
import org.apache.spark.sql.execution.exchange.{ReusedExchangeExec, ShuffleExchangeExec}

import tfpredict.{TestModels, Tfpredict}

/** Spark reuses earlier work that contains calls, and only equal work. */
class CanonicalCallsSuite extends PredictPlans {

  private def reused(query: DataFrame): Int = {
    query.collect()
    collectWithSubqueries(query.queryExecution.executedPlan) {
      case node: ReusedExchangeExec => node
      case node: ReusedSubqueryExec => node
    }.size
  }

  test("self-joins and common table expressions share an exchange") {
    val sums = "SELECT k, sum(linear(f)) AS s FROM t GROUP BY k"
    val query = spark.sql(s"WITH s AS ($sums) SELECT * FROM s a JOIN s b ON a.k = b.k")
    assert(reused(query) >= 1, query.queryExecution.executedPlan)
    assert(query.collect().forall(row => row.getDouble(1) == row.getDouble(3)))
    val joined = spark.sql(
      "WITH p AS (SELECT id, linear(f) AS y FROM t) SELECT /*+ MERGE(a) */ * FROM p a JOIN p b ON a.id = b.id"
    )
    assert(reused(joined) >= 1, joined.queryExecution.executedPlan)
  }

  test("a scalar subquery is shared") {
    val most = "(SELECT max(linear(f)) FROM t)"
    val query = spark.sql(s"SELECT id, $most AS a FROM t WHERE x > $most - 100")
    // Spark 4 also counts the one in the filter, which the scan takes over.
    val others = if (SPARK_VERSION.startsWith("3.")) 1 else 2
    assert(reused(query) == others, query.queryExecution.executedPlan)
    assert(operators(query).size == 1, query.queryExecution.executedPlan)
  }

  test("calls in another order, or of another model, are different work") {
    Tfpredict.register(spark, TestModels.spec("linear"), "same")
    def plan(list: String) =
      spark.sql(s"SELECT $list FROM t").queryExecution.executedPlan.canonicalized
    val calls = Seq("linear(f)", "scores(x)", "same(f)", "linear(f) + 1", "linear(f) AS y")
    val pairs = calls.combinations(2).filterNot(_ == Seq("linear(f)", "linear(f) AS y"))
    for (Seq(a, b) <- pairs) assert(plan(a) != plan(b), s"$a and $b")
    assert(plan("linear(f), same(f)") != plan("same(f), linear(f)"))
    assert(plan("linear(f), scores(x)") != plan("scores(x), linear(f)"))
    assert(plan("linear(f), scores(x)") == plan("linear(f), scores(x)"))
    val crossed = spark.sql(
      "SELECT a.p, b.p FROM (SELECT id, linear(f) AS p, scores(x) AS q FROM t DISTRIBUTE BY id) a " +
        "JOIN (SELECT id, scores(x) AS p, linear(f) AS q FROM t DISTRIBUTE BY id) b ON a.id = b.id"
    )
    assert(crossed.collect().exists(row => row.get(0) != row.get(1)))
  }

  test("partitioning and order are kept, under another name too") {
    val counted = spark.sql(
      "SELECT key, count(*) FROM (SELECT k AS key, linear(f) AS y FROM (SELECT * FROM t DISTRIBUTE BY k)) " +
        "WHERE y > -1000 GROUP BY key"
    )
    counted.collect()
    val shuffles = collectWithSubqueries(counted.queryExecution.executedPlan) {
      case node: ShuffleExchangeExec => node
    }
    assert(shuffles.size == 1, counted.queryExecution.executedPlan)
  }

  test("cached data answers the same call") {
    val query = spark.sql("SELECT id, linear(f) AS y FROM t")
    query.cache()
    try {
      query.count()
      val again = spark.sql("SELECT id, linear(f) AS y FROM t")
      again.collect()
      assert(
        predicted(again) == 0 || again.queryExecution.executedPlan.toString.contains("InMemory")
      )
    } finally { query.unpersist(); () }
  }
}
