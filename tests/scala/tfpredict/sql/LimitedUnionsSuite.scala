package tfpredict.sql

class LimitedUnionsSuite extends PredictPlans {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    val path = s"${sys.props("java.io.tmpdir")}/rows-of-unions"
    spark.range(0, 20000, 1, 4).selectExpr("id", "id % 7 AS a", "array(float(id), 1f) AS f")
      .write.mode("overwrite").parquet(path)
    spark.read.parquet(path).createOrReplaceTempView("many")
  }

  test("a limit over a sorted union takes as many rows of each branch before the model") {
    val union = "SELECT id, linear(f) AS y FROM many WHERE a > 2 UNION ALL " +
      "SELECT id + 1, linear(f) + 1 FROM many WHERE a <= 2 UNION ALL SELECT id, 0 FROM many WHERE a = 9"
    for (
      (text, count) <- Seq(
        s"SELECT * FROM ($union) ORDER BY id DESC LIMIT 5" -> 10,
        s"SELECT y, id FROM ($union) ORDER BY id + 1 DESC LIMIT 5" -> 10,
        s"SELECT y * 2 AS y, id FROM ($union) ORDER BY id DESC LIMIT 5" -> 10,
        s"SELECT y FROM ($union) ORDER BY id DESC LIMIT 5 OFFSET 2" -> 14,
        s"SELECT sum(y) FROM (SELECT y FROM ($union) ORDER BY id DESC LIMIT 5)" -> 10,
        // In each branch the order depends on the result.
        s"SELECT id FROM ($union) ORDER BY y DESC LIMIT 5" -> 20000,
        s"SELECT id, y FROM ($union) ORDER BY id % 2, y DESC LIMIT 5" -> 20000
      )
    ) {
      val query = spark.sql(text)
      assert(predicted(query) == count, query.queryExecution.executedPlan)
      assert(unbatched(query) == 0, text)
    }
    val found =
      spark.sql(s"SELECT id, y FROM ($union) ORDER BY id DESC, y LIMIT 7 OFFSET 1").collect()
    val plain = spark.table("many").select("id", "a").collect().map { row =>
      val (id, moved) = (row.getLong(0), if (row.getLong(1) > 2) 0 else 1)
      (id + moved, 1.9978589 * id + 2.0513628 + moved)
    }.sortBy { case (id, y) => (-id, y) }.slice(1, 8)
    assert(found.map(_.getLong(0)).toSeq == plain.map(_._1).toSeq)
    assertNear(found.map(_.get(1).toString.toDouble / 1000).toSeq, plain.map(_._2 / 1000).toSeq)
  }
}
