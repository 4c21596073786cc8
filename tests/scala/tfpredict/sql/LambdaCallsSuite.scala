package tfpredict.sql
import org.apache.spark.sql.execution.exchange.ReusedExchangeExec

/** Tests which calls are taken out of a lambda, and for which elements they run. */
class LambdaCallsSuite extends LambdaPlans {

  test("a condition in a lambda skips the model for excluded elements") {
    val fitting = good
    // Otherwise an array of length 1, or one with a null, would fail.
    val fits = "size(p) = 2 AND p[0] IS NOT NULL"
    for (
      body <- Seq(
        s"IF($fits, linear(p), 0)",
        s"CASE WHEN $fits THEN linear(p) ELSE size(p) END",
        s"CASE WHEN size(p) <> 2 THEN 1 WHEN p[0] IS NULL THEN 2 ELSE linear(p) + 1 END",
        s"$fits AND linear(p) > 10",
        s"IF($fits, linear(p), 0) + IF($fits, linear(p), 1)"
      )
    ) same(s"SELECT transform(pairs, p -> $body) FROM a", fitting)
    same(s"SELECT filter(pairs, p -> $fits AND linear(p) > 10) FROM a", fitting)
    // One call for the elements that reach either place.
    same(
      "SELECT transform(xs, v -> CASE WHEN v = 3 THEN scores(v) WHEN v = 4 THEN 1 + scores(v) END) FROM a",
      count("filter(xs, v -> v IN (3, 4))")
    )
    /* A call without the element runs for the elements that meet a condition. Without a condition
     * it runs once. */
    val fours = count("filter(xs, v -> v = 4)")
    same("SELECT transform(xs, v -> IF(v = 4, scores(x), v)) FROM a", fours)
    val rowsWith = lengths.count(_ > 0)
    same("SELECT transform(xs, v -> IF(v = 4, scores(x), scores(x) + v)) FROM a", count("xs"))
    same("SELECT transform(xs, v -> IF(v = 4, scores(x), v) + scores(x)) FROM a", rowsWith)
    // A condition of an inner lambda, on a call of the outer one.
    same(
      "SELECT transform(xs, v -> transform(xs, (w, i) -> IF(i = 0, scores(v), w))) FROM a",
      filled.sum
    )
    // A condition around the lambda.
    same(
      "SELECT IF(k = 1, transform(xs, v -> scores(v)), xs) FROM a",
      filled.zipWithIndex.collect { case (count, id) if id % 3 == 1 => count }.sum
    )
  }

  test("one call's result is the condition or the argument of another") {
    val high = lengths.indices.map { id =>
      if (lengths(id) == 0) 0
      else Seq[Double](id, 3, 4, id + 1.0).take(filled(id)).count(v => math.sqrt(v) > 2)
    }.sum
    val body = "IF(scores(v) > 2, linear(array(v, v)), -scores(v))"
    same(s"SELECT transform(xs, v -> $body) FROM a", filled.sum + high, 2)
    same(
      "SELECT transform(xs, v -> scores(scores(v)) + v) FROM a",
      2 * filled.sum,
      2
    )
    // The inner call belongs to the row, and runs if the row has elements.
    same(
      "SELECT transform(xs, v -> scores(v + scores(x))) FROM a",
      filled.sum + lengths.count(_ > 0),
      2
    )
  }

  test("a call in two lambdas, or in a filter and above it, runs once") {
    val all = filled.sum
    same("SELECT transform(xs, v -> scores(v)) AS y, filter(xs, w -> scores(w) > 2) FROM a", all)
    same(
      "SELECT transform(xs, v -> scores(v)) FROM a WHERE get(transform(xs, w -> scores(w)), 0) > 2",
      all
    )
    same(
      "SELECT y, transform(xs, v -> scores(v)) FROM (SELECT xs, transform(xs, w -> scores(w)) AS y FROM a)",
      all
    )
    val limited =
      "SELECT id, transform(xs, v -> scores(v)) FROM a WHERE id % 6 = 5 ORDER BY id LIMIT 2"
    same(limited, filled(5) + filled(11))
    val joined = spark.sql(
      "WITH c AS (SELECT /*+ REPARTITION(3, id) */ id, transform(xs, v -> scores(v)) AS y FROM a) " +
        "SELECT /*+ MERGE(p) */ p.y, q.y FROM c p JOIN c q ON p.id = q.id"
    )
    assert(operators(joined).nonEmpty && unbatched(joined) == 0)
    assert(joined.collect().count(row => row.get(0) == row.get(1)) == rows)
    assert(
      collectWithSubqueries(joined.queryExecution.executedPlan) {
        case node: ReusedExchangeExec => node
      }.size == 1,
      joined.queryExecution.executedPlan
    )
  }

  test("lambdas in lambdas") {
    val products = lengths.zip(filled).map { case (length, filled) => length * filled }.sum
    same(
      "SELECT transform(square, vs -> transform(vs, v -> scores(v))) FROM a",
      products
    )
    same(
      "SELECT transform(xs, v -> transform(xs, w -> linear(array(coalesce(v, 0f), coalesce(w, 0f))))) FROM a",
      lengths.map(length => length * length).sum
    )
    same(
      "SELECT transform(square, (vs, i) -> filter(vs, v -> scores(v) > i)) FROM a",
      products
    )
    same(
      "SELECT filter(deep, d -> aggregate(d.inner, 0D, (s, v) -> s + coalesce(scores(v), 0)) > 6 + scores(d.v)) FROM a",
      filled.map(count => count * count).sum + filled.sum,
      2
    )
    // An inner lambda under a condition of the outer one.
    same(
      "SELECT transform(square, (vs, i) -> IF(i = 0, transform(vs, v -> scores(v)), vs)) FROM a",
      filled.sum
    )
    same(
      "SELECT transform(square, vs -> transform(square, ws -> transform(ws, w -> scores(w + size(vs))))) FROM a",
      lengths.zip(filled).map { case (length, filled) => length * length * filled }.sum
    )
  }

  test("calls on an accumulator are evaluated row by row") {
    val text =
      "SELECT aggregate(xs, 1D, (s, v) -> s + scores(float(s)), s -> s * scores(float(s))) FROM a"
    val query = spark.sql(text)
    assert(sorted(query.collect()) == sorted(alone(text)))
    assert(unbatched(query) == 2)
  }
}
