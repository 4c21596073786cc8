package tfpredict.sql

/**
 * The places where calls may stand. The plan has an operator for each call, and no unbatched call.
 */
class CallPlacesSuite extends PredictPlans {

  test("a select list, with other columns, in their order") {
    val found = check("SELECT id, linear(f) AS y, k FROM t ORDER BY id").collect()
    assert(found.map(_.getLong(0)).toSeq == (0L until rows.toLong))
    assertNear(found.map(_.getFloat(1).toDouble).toSeq, all.map(y))
    assert(found.map(_.getLong(2)).toSeq == (0L until rows.toLong).map(_ % 3))
  }

  test("WHERE, with other conditions below the call") {
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

  test("a call over both sides of an outer join has the same results, row by row") {
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
}
