package tfpredict.sql

import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.expressions.Literal
import org.apache.spark.sql.catalyst.util.MapData
import org.apache.spark.sql.functions.{col, expr, transform}

import tfpredict.{InputException, TestModels, functions}

/** Calls in lambdas run in batches, for all higher-order functions. */
class BatchedLambdasSuite extends LambdaPlans {

  test("transform, filter, zip_with and aggregate: each element goes through the model once") {
    val all = filled.sum
    same("SELECT id, transform(xs, v -> scores(v)) FROM a", all)
    same("SELECT transform(xs, v -> scores(v) + v) FROM a", all)
    same("SELECT transform(xs, (v, i) -> scores(v) * i + scores(v)) FROM a", all)
    same("SELECT transform(xs, (v, i) -> scores(float(i))) FROM a", lengths.sum)
    same("SELECT filter(xs, v -> scores(v) > 2) FROM a", all)
    same("SELECT filter(xs, (v, i) -> scores(v) > i) FROM a", all)
    same(
      "SELECT aggregate(xs, 0D, (s, v) -> s + coalesce(scores(v), 1), s -> s / 2) FROM a",
      all
    )
    same("SELECT zip_with(xs, slice(xs, 1, 2), (v, w) -> scores(v) + w) FROM a", all)
    val padded =
      "zip_with(slice(xs, 1, 2), xs, (v, w) -> linear(array(coalesce(v, 7f), coalesce(w, 7f))))"
    same(s"SELECT $padded FROM a", lengths.sum)
  }

  test("exists and forall run all elements, and a rejected one fails when it is read") {
    val seen = filled.sum
    // No root is 1.9, since TensorFlow's last bits differ between large and small batches.
    same(
      "SELECT id, exists(xs, v -> scores(v) > 1.9), forall(xs, v -> scores(v) < 1.9) FROM a",
      seen
    )
    same("SELECT id FROM a WHERE exists(xs, v -> v > 3 AND scores(v) > 1.9)", highs)
    same(
      "SELECT id, forall(square, vs -> exists(vs, v -> scores(v) > 1.9)) FROM a",
      lengths.zip(filled).map { case (length, filled) => length * filled }.sum
    )
    for (
      name <- Seq("linear_null(p) > 7", "linear_struct(p).value > 7", "linear_all(p).error IS NULL")
    )
      same(s"SELECT id, exists(pairs, p -> $name), forall(pairs, p -> $name) FROM a", good)
    // If the first element decides, the second, which the model rejects, is not evaluated.
    val two = "array(array(x, 1f), array(x))"
    for (call <- Seq("linear(p)", "linear_version(p).value")) {
      same(s"SELECT exists($two, p -> $call > 10) FROM a WHERE x > 10", rows - 11)
      same(s"SELECT forall($two, p -> $call > 1000) FROM a", rows)
      val nested = s"exists(array($two, $two), ps -> size(transform(ps, p -> $call)) = 2)"
      for (
        decided <-
          Seq(s"exists($two, p -> $call > 1000)", s"forall($two, p -> $call < 1000)", nested)
      ) {
        val failed = intercept[Exception](
          spark.sql(
            s"SELECT $decided FROM (SELECT float(id) AS x FROM range(7, 9, 1, 1))"
          ).collect()
        )
        val why = causeOf[InputException](failed).getMessage
        assert(why.contains("serving_default). Expected: length 2 at depth 1 in input inputs " +
          "(float32[?, 2]). Found: length 1, in row 1 of partition 0. Fix: Correct the row"))
      }
    }
  }

  test("functions of a map") {
    // Maps of up to five entries, null for each seventh row.
    val map = "map_from_arrays(transform(xs, (v, i) -> i), xs)"
    same(s"SELECT transform_values($map, (k, v) -> scores(v) + k) FROM a", filled.sum)
    same(s"SELECT transform_values($map, (k, v) -> linear(array(float(k), x))) FROM a", lengths.sum)
    same(
      s"SELECT transform_keys($map, (k, v) -> scores(float(k)) + coalesce(v, 0)) FROM a",
      lengths.sum
    )
    same(s"SELECT map_filter($map, (k, v) -> scores(v) > k) FROM a", filled.sum)
    same(s"SELECT map_filter($map, (k, v) -> k > 0 AND scores(v) > 1) FROM a", behind)
    same(
      s"SELECT transform(xs, w -> transform_values($map, (k, v) -> scores(w) + k)) FROM a",
      filled.sum
    )
    val types = spark.sql(s"SELECT transform_values($map, (k, v) -> scores(v)) AS a, " +
      s"map_filter($map, (k, v) -> scores(v) > 1) AS b, map_filter(map(x, x), (k, v) -> scores(v) > 1) AS c FROM a")
    assert(types.queryExecution.optimizedPlan.schema == types.schema)
    // A duplicate key, possible in a file, is kept.
    val twice = MapOfEntries(Literal.create(Seq(Row(1, 2f), Row(1, 3f)), entries)).eval()
    assert(twice.asInstanceOf[MapData].valueArray().toFloatArray().toSeq == Seq(2f, 3f))
    val pairs = spark.sql(s"SELECT map_zip_with($map, $map, (k, v, w) -> scores(v) + w) FROM a")
    assert(unbatched(pairs) == 1)
  }

  test("types stay the same, nulls included") {
    for (
      value <- Seq(
        "transform(f, v -> scores(v))",
        "transform(f, v -> v + scores(coalesce(v, 1)))",
        "transform(f, v -> linear_struct(array(v, v)))",
        "filter(f, v -> scores(v) > 1)",
        "zip_with(f, f, (v, w) -> linear_all(array(v, w)))",
        "exists(f, v -> linear_version(array(v, v)).value > 1)",
        "transform(array(f), v -> transform(v, w -> linear_struct(array(w, w))))"
      )
    ) {
      val query = spark.sql(s"SELECT $value AS y, k FROM made")
      assert(operators(query).size == 1, value)
      val before = query.queryExecution.analyzed.schema
      assert(query.queryExecution.executedPlan.schema == before, value)
    }
  }

  test("where a call may stand: WHERE, aggregates, joins, sorts, windows and subqueries") {
    val sum = "aggregate(transform(xs, v -> scores(v)), 0D, (s, v) -> s + coalesce(v, 0))"
    same(s"SELECT id FROM a WHERE $sum > 4", filled.sum)
    same(s"SELECT k, round(sum($sum), 3) FROM a GROUP BY k", filled.sum)
    same(s"SELECT round($sum, 3) AS s, count(*) FROM a GROUP BY 1", filled.sum)
    same(s"SELECT a.id FROM a JOIN t ON a.id = t.id AND $sum > 4", filled.sum)
    same(s"SELECT id, round(sum($sum) OVER (PARTITION BY k), 3) FROM a", filled.sum)
    same(s"SELECT id FROM a WHERE k = (SELECT max(round($sum)) % 3 FROM a)", filled.sum)
    same(
      "SELECT id, v FROM a LATERAL VIEW explode(transform(xs, v -> scores(v))) AS v",
      filled.sum
    )
    val outer = spark.sql(
      "SELECT count(u.id) FROM a LEFT JOIN t u ON a.id = u.id AND size(filter(xs, v -> scores(v + u.x) > 3)) > 1"
    )
    val expected = lengths.indices.count { id =>
      lengths(id) > 0 && Seq[Double](id, 3, 4, id + 1.0).take(filled(id))
        .count(v => math.sqrt(v + id) > 3) > 1
    }
    assert(outer.head().getLong(0) == expected)
    assert(unbatched(outer) == 1)
  }

  test("functions of columns, too") {
    val spec = TestModels.spec("scores")
    val frame = spark.table("a").select(
      transform(col("xs"), v => functions.predict(spec, v)),
      expr("transform(xs, v -> scores(v))")
    )
    assert(operators(frame).size == 1 && unbatched(frame) == 0, frame.queryExecution.executedPlan)
    frame.collect().foreach(row => assert(row.get(0) == row.get(1)))
  }
}
