package tfpredict.sql

import org.apache.spark.sql.Row

import tfpredict.InputException

/** Array elements as rows of a model: rejected, random and missing ones, and their number. */
class ElementRowsSuite extends LambdaPlans {

  test("several inputs, several outputs, open and fixed shapes, calls of the same elements") {
    val ragged = "ragged(sequence(1L, 1L + int(coalesce(v, 0f)) % 3))"
    same(
      "SELECT transform(xs, v -> two_inputs(array(coalesce(v, 1f), x), id)) FROM a",
      lengths.sum
    )
    same(
      "SELECT transform(pairs, p -> two_outputs(array(float(size(p)), 2f))) FROM a",
      lengths.sum
    )
    same(
      s"SELECT transform(xs, v -> named_struct('a', $ragged.total, 'b', $ragged.doubled)) FROM a",
      lengths.sum
    )
    same(
      "SELECT transform(xs, v -> fixed_batch(array(coalesce(v, 2f), x))) FROM a",
      lengths.sum
    )
    same(
      "SELECT transform(xs, v -> linear(array(x, 1f + coalesce(v, 0f))) + two_outputs(array(x, 1f + coalesce(v, 0f))).p) FROM a",
      lengths.sum
    )
  }

  test("a rejected element costs only itself, or fails the task with its row's number") {
    for (name <- Seq("linear_null", "linear_struct", "linear_all"))
      same(s"SELECT transform(pairs, p -> $name(p)) FROM a", good)
    val nulls =
      "SELECT transform(xs, v -> linear_all(IF(v = 3, NULL, array(v, 1f)))) FROM a WHERE k = 0"
    val query = check(s"$nulls AND id = 6 OR id = 9")
    assert(query.schema.head.dataType.simpleString.startsWith("array<struct<"))
    val failed = intercept[Exception](
      spark.sql(
        "SELECT transform(sequence(0, 9), i -> linear(IF(id = 700 AND i = 4, array(1f), array(1f, 2f)))) " +
          "FROM range(0, 1000, 1, 1)"
      ).collect()
    )
    val why = causeOf[InputException](failed).getMessage
    assert(
      why.contains("length 2 at depth 1 in input inputs (float32[?, 2]). Found: length 1, "),
      why
    )
    assert(why.contains("in row 701 of partition 0. Fix: "), why)
  }

  test("a model that draws numbers draws once for each element") {
    val drawn = check("SELECT id, transform(array(x, x, x), v -> draw(v)) AS d FROM a")
    val numbers = drawn.collect().flatMap(_.getSeq[Float](1))
    assert(numbers.length == 3 * rows && numbers.distinct.length > 3 * rows - 5)
    assert(
      predicted(spark.sql("SELECT transform(array(x, x, x), v -> draw(v)) FROM a")) == 3 * rows
    )
    // Two calls draw twice. One result is the same number everywhere.
    val two = "SELECT transform(array(x, x), v -> draw(v) - draw(v)) AS d FROM a"
    assert(check(two, 2).collect().flatMap(_.getSeq[Float](0)).count(_ == 0) < 3)
    assert(predicted(spark.sql(two)) == 4 * rows)
    for (
      body <- Seq(
        "named_struct('r', d, 's', scores(d))",
        "IF(d > 0.5, named_struct('r', d, 's', scores(d)), NULL)"
      )
    ) {
      val text = s"SELECT transform(transform(array(x, x), v -> draw(v)), d -> $body) AS d FROM a"
      val found = check(text, 2).collect().flatMap(_.getSeq[Row](0)).filter(_ != null)
      assert(found.length > rows / 2)
      found.foreach(row =>
        assert(math.abs(math.sqrt(row.getFloat(0)) - row.getFloat(1)) < 1e-5, body)
      )
    }
    // This also holds for equal arguments, and for elements under a condition.
    for (
      (text, size) <- Seq(
        "transform(array(1, 2, 3), v -> draw(x))" -> 3,
        "filter(transform(array(1, 2, 3), v -> IF(v > 1, draw(x), NULL)), d -> d >= 0)" -> 2,
        "flatten(transform(array(1, 2), v -> transform(array(1, 2), w -> draw(x))))" -> 4,
        "map_values(map_zip_with(map(1, 1, 2, 2), map(1, 1), (k, v, w) -> draw(x)))" -> 2
      )
    ) {
      val found = spark.sql(s"SELECT $text FROM a").collect().map(_.getSeq[Float](0))
      assert(found.forall(_.size == size), text)
      assert(found.count(row => row.distinct.size == row.size) > rows - 5, text)
    }
    // A nondeterministic array is evaluated once.
    val mixed = "transform(shuffle(array(x, x + 1f)), v -> named_struct('v', v, 's', scores(v)))"
    spark.sql(s"SELECT $mixed AS d FROM a").collect().flatMap(_.getSeq[Row](0)).foreach { row =>
      assert(math.abs(math.sqrt(row.getFloat(0)) - row.getFloat(1)) < 1e-3)
    }
  }

  test("many rows without elements, and one of very many") {
    val empty = spark.sql(
      "SELECT id, transform(IF(id % 2 = 0, NULL, IF(id = 59999, array(4f), slice(array(1f), 1, 0))), v -> scores(v)) AS s " +
        "FROM range(0, 60000, 1, 1)"
    )
    val found = empty.collect()
    assert(found.length == 60000 && found.count(_.isNullAt(1)) == 30000)
    assert(found.last.getSeq[Float](1) == Seq(2f))
    val many = check(
      "SELECT id, aggregate(transform(sequence(1, 300000), i -> scores(float(i))), 0D, (s, v) -> s + v) AS s " +
        "FROM range(0, 2, 1, 1)"
    )
    val sum = (1 to 300000).map(i => math.sqrt(i)).sum
    many.collect().foreach(row => assert(math.abs(row.getDouble(1) - sum) < 1e-4 * sum))
  }
}
