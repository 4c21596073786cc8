package tfpredict.sql

import scala.util.Random

import org.apache.spark.sql.{DataFrame, Row}

import tfpredict.{SparkSuite, TestModels, Tfpredict}

/**
 * Random queries over random data have the same results with batched calls and row by row. A
 * failure's message has the query's seed.
 */
class EqualAnswersSuite extends SparkSuite {
  private val queries = 60

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    for (name <- Seq("linear", "scores", "two_inputs"))
      Tfpredict.register(spark, TestModels.spec(name), name)
    val random = new Random(17)
    val session = spark
    import session.implicits._
    (0 until 200)
      .map { id =>
        // Values whose roots do not round differently, since TensorFlow's last bits differ in
        // batches.
        val x = if (random.nextInt(5) == 0) None else Some(random.nextInt(20) - 9.7f)
        val f = if (random.nextInt(5) == 0) null else Seq(id % 7 - 2.9f, random.nextInt(9) - 3.8f)
        (id, id % 4, x, f)
      }
      .toDF("id", "k", "x", "f")
      .repartition(3)
      .createOrReplaceTempView("t")
    spark.table("t").persist().count()
  }

  private class Query(random: Random) {
    private def pick[A](choices: (() => A)*): A = choices(random.nextInt(choices.size))()

    private def number(depth: Int, of: String): String =
      if (depth == 0) pick(() => s"$of.x", () => s"float($of.k)", () => "2.5f")
      else {
        pick(
          () => s"linear($of.f)",
          () => s"linear(array(${element(depth - 1, of)}, float($of.k)))",
          () => s"scores(${number(depth - 1, of)})",
          () =>
            s"two_inputs(array(float($of.id), ${element(depth - 1, of)}), ${number(depth - 1, of)})",
          () => s"(${number(depth - 1, of)} + ${number(depth - 1, of)})",
          () =>
            s"if(${condition(depth - 1, of)}, ${number(depth - 1, of)}, ${number(depth - 1, of)})",
          () => s"transform($of.f, (e, i) -> scores(e) + ${number(depth - 1, of)} * i)[1]",
          () => s"get(filter($of.f, e -> linear(array(e, ${element(depth - 1, of)})) > 1), 0)",
          () => s"CASE WHEN ${condition(depth - 1, of)} THEN ${number(depth - 1, of)} END",
          () => s"coalesce(${number(depth - 1, of)}, ${number(depth - 1, of)})"
        )
      }

    // A null inside an array is an error, which another suite tests.
    private def element(depth: Int, of: String): String =
      s"coalesce(${number(depth, of)}, 0.5f)"

    private def condition(depth: Int, of: String): String = pick(
      () => s"${number(depth, of)} > ${number(depth, of)}",
      () => s"${number(depth, of)} IS NULL",
      () => s"exists($of.f, e -> e > 1 OR scores(e) < ${number(depth, of)})",
      () => s"($of.k = 1 OR ${number(depth, of)} < 1)",
      () => s"($of.k < 3 AND ${number(depth, of)} > 0)"
    )

    private def depth = random.nextInt(3)

    val text: String = pick(
      () => s"SELECT id, ${number(depth, "t")} AS a, ${number(depth, "t")} AS b FROM t",
      () => s"SELECT id, ${number(depth, "t")} AS a FROM t WHERE ${condition(depth, "t")}",
      () => s"SELECT k, sum(round(${number(depth, "t")})), count(*) FROM t GROUP BY k",
      () => s"SELECT round(${number(depth, "t")}) AS g, count(*) FROM t GROUP BY 1",
      () => s"SELECT id, a FROM (SELECT *, ${number(depth, "t")} AS a FROM t) WHERE a > 1",
      () =>
        s"SELECT t.id, u.id FROM t JOIN t AS u ON t.id = u.id AND ${condition(depth, "t")} " +
          s"WHERE ${condition(1, "u")}",
      () =>
        s"SELECT t.id, u.id FROM t LEFT JOIN t AS u ON t.id = u.id AND ${condition(depth, "u")}",
      () =>
        s"SELECT id, ${number(depth, "t")} AS a FROM t ORDER BY ${number(depth, "t")}, id LIMIT 7"
    )
  }

  private def answers(query: DataFrame): Seq[Row] =
    query.collect().toSeq.map(row =>
      Row.fromSeq(row.toSeq.map {
        case number: Float => math.round(number * 100)
        case number: Double => math.round(number * 100)
        case other => other
      })
    )

  // Without the rule, calls are evaluated row by row.
  private def unbatched(text: String): Seq[Row] = {
    spark.conf.set("spark.sql.optimizer.excludedRules", ExtractPredicts.ruleName)
    try {
      val query = spark.sql(text)
      assert(!query.queryExecution.optimizedPlan.exists(_.isInstanceOf[BatchPredict]))
      answers(query)
    } finally spark.conf.unset("spark.sql.optimizer.excludedRules")
  }

  test("batched and unbatched answers are equal") {
    var batched = 0
    for (seed <- 0 until queries) {
      val text = new Query(new Random(seed)).text
      val query = spark.sql(text)
      if (query.queryExecution.optimizedPlan.exists(_.isInstanceOf[BatchPredict])) batched += 1
      val found = answers(query)
      val expected = unbatched(text)
      val (a, b) =
        if (text.contains("ORDER BY")) (found, expected)
        else (found.sortBy(_.toString), expected.sortBy(_.toString))
      assert(a == b, s"seed $seed: $text")
    }
    assert(batched > queries / 2)
  }
}
