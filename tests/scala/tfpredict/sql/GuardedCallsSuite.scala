package tfpredict.sql

import tfpredict.{TestModels, Tfpredict}

/** A call under a condition runs only for the rows that meet it. */
class GuardedCallsSuite extends PredictPlans {

  // A third of the rows have an array that the model rejects.
  override protected def beforeAll(): Unit = {
    super.beforeAll()
    spark
      .table("made")
      .selectExpr(
        "id",
        "k",
        "x",
        "if(k = 1, array(x), array(x, x)) AS g",
        "if(k = 2, NULL, k) AS n"
      )
      .write
      .mode("overwrite")
      .parquet(s"${sys.props("java.io.tmpdir")}/guarded")
    spark.read.parquet(s"${sys.props("java.io.tmpdir")}/guarded").createOrReplaceTempView("some")
  }

  private val fitting = all.filter(_ % 3 != 1)
  private val high = fitting.filter(y(_) > 10)

  private def ids(text: String): Seq[Double] =
    spark.sql(text).collect().map(_.getLong(0).toDouble).toSeq.sorted

  test("AND and OR do not run the model for rows that they decide without it") {
    for (
      (where, expected) <- Seq(
        "(size(g) = 2 AND linear(g) > 10) OR id = 1" -> (high :+ 1.0),
        "id = 1 OR (size(g) = 2 AND linear(g) > 10)" -> (high :+ 1.0),
        "size(g) = 2 AND linear(g) > 10" -> high,
        "NOT (size(g) <> 2 OR linear(g) <= 10)" -> high,
        "k = 1 OR linear(g) > 10" -> (all.filter(_ % 3 == 1) ++ high),
        "size(g) = 2 AND (id = 3 OR linear(g) > 10)" -> (high :+ 3.0).distinct,
        "CASE WHEN size(g) = 1 THEN id = 1 ELSE linear(g) > 10 AND id > 0 END" -> (high :+ 1.0),
        "coalesce(if(size(g) = 1, id = 1, NULL), linear(g) > 10)" -> (high :+ 1.0)
      )
    ) assert(ids(s"SELECT id FROM some WHERE $where") == expected.sorted, where)
  }

  test("a null condition decides as it does for Spark's own expressions") {
    // n is null for k = 2, so it decides neither AND nor OR.
    val found = spark.sql(
      "SELECT id, (n = 0 AND linear(g) > 10) AS a, (n = 0 OR linear(g) > 10) AS o FROM some WHERE k <> 1"
    ).collect()
    assert(found.length == fitting.size)
    found.foreach { row =>
      val x = row.getLong(0).toDouble
      val isHigh = y(x) > 10
      if (x % 3 == 0) {
        assert(row.getBoolean(1) == isHigh && row.getBoolean(2))
      } else {
        assert(if (isHigh) row.isNullAt(1) else !row.getBoolean(1))
        assert(if (isHigh) row.getBoolean(2) else row.isNullAt(2))
      }
    }
  }

  test("in a select list, an aggregate, its FILTER, a join and a sort") {
    val flags = spark.sql("SELECT id, size(g) = 2 AND linear(g) > 10 FROM some").collect()
    assert(flags.filter(_.getBoolean(1)).map(_.getLong(0).toDouble).sorted.toSeq == high)
    val counted = check("SELECT count_if(size(g) = 2 AND linear(g) > 10) FROM some").head()
    assert(counted.getLong(0) == high.size)
    val sum =
      check("SELECT sum(linear(g)) FILTER (WHERE size(g) = 2) FROM some").head().getDouble(0)
    assert(math.abs(sum - fitting.map(y).sum) < 1e-2)
    val joined = spark.sql(
      "SELECT a.id FROM some a JOIN some b ON a.id = b.id AND (size(a.g) = 2 AND linear(a.g) > 10 OR b.id = 1)"
    )
    assert(joined.collect().map(_.getLong(0).toDouble).sorted.toSeq == (high :+ 1.0).sorted)
    val order = spark.sql("SELECT id FROM some ORDER BY size(g) = 2 AND linear(g) > 10, id")
    assert(order.collect().map(_.getLong(0).toDouble).toSeq == all.filterNot(high.contains) ++ high)
  }

  test("a call in several places is made once, for the rows that reach one of them") {
    val query =
      check("SELECT id FROM some WHERE (k = 0 AND linear(g) > 10) OR (k = 2 AND linear(g) > 20)")
    val expected = fitting.filter(x => y(x) > (if (x % 3 == 0) 10 else 20))
    assert(query.collect().map(_.getLong(0).toDouble).sorted.toSeq == expected)
    assert(predicted(query) == fitting.size)
    val both = check("SELECT id FROM some WHERE k = 1 OR linear(g) > 10 AND linear(g) < 20")
    assert(predicted(both) == fitting.size)
  }

  test("one model's result decides whether another one runs") {
    Tfpredict.register(spark, TestModels.spec("linear"), "other")
    val query = check("SELECT id FROM some WHERE k <> 1 AND linear(g) > 10 AND other(g) < 20", 2)
    assert(query.collect().map(_.getLong(0).toDouble).sorted.toSeq == high.filter(y(_) < 20))
    assert(predicted(query) == fitting.size + high.size)
    val either = ids(
      "SELECT id FROM some WHERE (k = 0 AND linear(g) > 9 AND other(g) > 10) OR (k = 2 AND other(g) > 9 AND linear(g) > 10)"
    )
    assert(either == high)
  }

  test("IN and lambdas do not run the model for rows that they decide without it") {
    assert(ids("SELECT id FROM some WHERE 1 IN (k, if(linear(g) > 10, 1, 0))") ==
      (all.filter(_ % 3 == 1) ++ high).sorted)
    // A row that does not fit has an empty array, so the lambda does not run.
    val query = spark.sql(
      "SELECT transform(filter(array(1), e -> size(g) = 2), e -> e * linear(g)) AS ys FROM some ORDER BY id"
    )
    assert(operators(query).size == 1 && unbatched(query) == 0, query.queryExecution.executedPlan)
    assertNear(
      query.collect().flatMap(_.getSeq[Any](0)).map(_.toString.toDouble).toSeq,
      fitting.map(y)
    )
  }

  test("a lambda in an argument does not prevent batches") {
    val query = check("SELECT linear(transform(array(x, x), e -> e + 1)) FROM made ORDER BY id")
    assertNear(doubles(query), all.map(x => y(x + 1)))
  }
}
