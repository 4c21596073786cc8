package tfpredict.sql

import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanHelper

import tfpredict.{SparkSuite, TestModels, Tfpredict}

/** Tables and registered models, and access to a query's operators. */
trait PredictPlans extends SparkSuite with AdaptiveSparkPlanHelper {
  protected val rows = 40

  protected def y(x: Double): Double = (1.9978589 - 1.0296257) * x + 3.0809885

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    for (name <- Seq("linear", "scores", "two_outputs", "ragged", "fixed_batch"))
      Tfpredict.register(spark, TestModels.spec(name), name)
    spark
      .range(0, rows.toLong, 1, 4)
      .selectExpr("id", "id % 3 AS k", "float(id) AS x", "array(float(id), float(id)) AS f")
      .createOrReplaceTempView("made")
    // From files, since Spark evaluates queries over local data while it plans.
    val path = s"${sys.props("java.io.tmpdir")}/${getClass.getSimpleName}-parquet"
    spark.table("made").write.mode("overwrite").parquet(path)
    spark.read.parquet(path).createOrReplaceTempView("t")
  }

  protected def operators(query: DataFrame): Seq[PredictExec] = {
    query.collect()
    collectWithSubqueries(query.queryExecution.executedPlan) { case node: PredictExec => node }
  }

  /** Calls that no operator makes. */
  protected def unbatched(query: DataFrame): Int =
    collectWithSubqueries(query.queryExecution.executedPlan) {
      case node if !node.isInstanceOf[PredictExec] => node.expressions
    }.flatten.flatMap(_.collect { case call: Predict => call }).size

  protected def check(text: String, expectedOperators: Int = 1): DataFrame = {
    val query = spark.sql(text)
    val found = operators(query)
    assert(found.size == expectedOperators, query.queryExecution.executedPlan)
    assert(unbatched(query) == 0, query.queryExecution.executedPlan)
    query
  }

  protected def doubles(query: DataFrame): Seq[Double] =
    query.collect().map(_.get(0).toString.toDouble).toSeq

  protected def assertNear(found: Seq[Double], expected: Seq[Double]): Unit = {
    assert(found.size == expected.size)
    found.zip(expected).foreach { case (a, b) => assert(math.abs(a - b) < 1e-2, s"$a, not $b") }
  }

  protected val all = (0 until rows).map(_.toDouble)

  /** Number of rows that models predicted in a query's run. */
  protected def predicted(query: DataFrame): Long =
    operators(query).map(_.metrics("rows").value).sum
}
