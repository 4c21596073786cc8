package tfpredict.sql

import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.expressions.Literal
import org.apache.spark.sql.catalyst.util.MapData
import org.apache.spark.sql.execution.exchange.ReusedExchangeExec
import org.apache.spark.sql.functions.{col, expr, transform}
import org.apache.spark.sql.types.{ArrayType, FloatType, IntegerType, StructField, StructType}
import org.tensorflow.framework.DataType

import tfpredict.TinyModels._
import tfpredict.{
  InputException,
  OnError,
  PredictOptions,
  TestModels,
  Tfpredict,
  TinyModels,
  functions
}

/** Calls in lambdas are made in batches, over the elements of all rows. */
class LambdaCallsSuite extends PredictPlans {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    val linear = TestModels.spec("linear")
    for (mode <- OnError.all)
      Tfpredict.register(spark, linear, s"linear_$mode", PredictOptions(onError = mode))
    val all = PredictOptions(onError = OnError.Struct, modelVersion = true)
    Tfpredict.register(spark, linear, "linear_all", all)
    Tfpredict.register(spark, linear, "linear_version", PredictOptions(modelVersion = true))
    Tfpredict.register(spark, TestModels.spec("two_inputs"), "two_inputs")
    Tfpredict.register(spark, drawing, "draw")
    val path = s"${sys.props("java.io.tmpdir")}/lambda-calls"
    spark
      .range(0, rows.toLong, 1, 3)
      .selectExpr(
        "id",
        "id % 3 AS k",
        "float(id) AS x",
        // Of 0 to 5 elements, the second null, and null for each seventh row.
        "if(id % 7 = 3, NULL, slice(array(float(id), NULL, 3f, 4f, id + 1f), 1, int(id % 6))) AS xs"
      )
      .selectExpr(
        "*",
        "transform(xs, v -> if(v = 3, array(v), array(v, 1f))) AS pairs",
        "transform(xs, v -> named_struct('v', v, 'inner', transform(xs, w -> v + w))) AS deep",
        "transform(xs, v -> xs) AS square"
      )
      .write
      .mode("overwrite")
      .parquet(path)
    spark.read.parquet(path).createOrReplaceTempView("a")
  }

  // A number between 0 and 1 for each row, another one each time.
  private def drawing = TinyModels.of(
    DataType.DT_FLOAT,
    placeholder("x", DataType.DT_FLOAT, -1),
    node("Shape", "shape", "x")(
      "T" -> kind(DataType.DT_FLOAT),
      "out_type" -> kind(DataType.DT_INT32)
    ),
    node("RandomUniform", "y", "shape")(
      "T" -> kind(DataType.DT_INT32),
      "dtype" -> kind(DataType.DT_FLOAT)
    )
  )

  private val lengths = (0 until rows).map(id => if (id % 7 == 3) 0 else id % 6)
  // Elements that are not null, by the second one's being so.
  private val filled = lengths.map(length => if (length >= 2) length - 1 else length)

  private def count(elements: String): Int =
    spark.sql(s"SELECT sum(size($elements)) FROM a WHERE size(xs) > 0").head().getLong(0).toInt

  private def good = count("filter(pairs, p -> size(p) = 2 AND p[0] IS NOT NULL)")
  private def behind = count("filter(xs, (v, i) -> i > 0 AND v IS NOT NULL)")
  private def highs = count("filter(xs, v -> v > 3)")

  private val entries = ArrayType(
    StructType(Seq(StructField("key", IntegerType), StructField("value", FloatType)))
  )

  private def alone(text: String): Seq[Row] = {
    spark.conf.set("spark.sql.optimizer.excludedRules", ExtractPredicts.ruleName)
    try {
      val query = spark.sql(text)
      assert(!query.queryExecution.optimizedPlan.exists(_.isInstanceOf[BatchPredict]))
      query.collect().toSeq
    } finally spark.conf.unset("spark.sql.optimizer.excludedRules")
  }

  /* The same answers as a row at a time, with all calls in batches, and so many rows for models. */
  private def same(text: String, seen: Int, expectedOperators: Int = 1): Unit = {
    val query = check(text, expectedOperators)
    assert(sorted(query.collect()) == sorted(alone(text)), text)
    assert(predicted(spark.sql(text)) == seen, text)
  }

  private def sorted(rows: Seq[Row]): Seq[Any] = rows.map(rounded).sortBy(_.toString)

  private def rounded(value: Any): Any = value match {
    case row: Row => Row(row.toSeq.map(rounded): _*)
    case values: scala.collection.Seq[_] => values.map(rounded).toList
    case map: scala.collection.Map[_, _] => map.toSeq.map(rounded).sortBy(_.toString)
    case (key, value) => (rounded(key), rounded(value))
    case number: Float => math.round(number * 1000)
    case number: Double => math.round(number * 1000)
    case other => other
  }

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

  test("exists and forall ask for all elements, and a rejected one fails where it is read") {
    val seen = filled.sum
    same("SELECT id, exists(xs, v -> scores(v) > 2), forall(xs, v -> scores(v) < 2) FROM a", seen)
    same("SELECT id FROM a WHERE exists(xs, v -> v > 3 AND scores(v) > 2)", highs)
    same(
      "SELECT id, forall(square, vs -> exists(vs, v -> scores(v) > 2)) FROM a",
      lengths.zip(filled).map { case (length, filled) => length * filled }.sum
    )
    for (
      name <- Seq("linear_null(p) > 7", "linear_struct(p).value > 7", "linear_all(p).error IS NULL")
    )
      same(s"SELECT id, exists(pairs, p -> $name), forall(pairs, p -> $name) FROM a", good)
    // Where the first element decides, the second, which the model rejects, is not asked for.
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
        assert(why.contains("serving_default): expected for input inputs float32[?, 2] an array " +
          "of 2 at depth 1, found one of 1 in the row that is number 1 of partition 0. Fix the"))
      }
    }
  }

  test("functions of a map") {
    // Null for each seventh row, and of up to five entries.
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
    // A key that is there twice, as a file may have it, is as it was.
    val twice = MapOfEntries(Literal.create(Seq(Row(1, 2f), Row(1, 3f)), entries)).eval()
    assert(twice.asInstanceOf[MapData].valueArray().toFloatArray().toSeq == Seq(2f, 3f))
    val pairs = spark.sql(s"SELECT map_zip_with($map, $map, (k, v, w) -> scores(v) + w) FROM a")
    assert(unbatched(pairs) == 1)
  }

  test("types are as they were, nulls included") {
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

  test("a condition in a lambda keeps the model from the elements that it excludes") {
    val fitting = good
    // Else an array of one would fail, and one with a null.
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
    /* A call of the row is made for the elements that meet a condition, or once where there is
     * none. */
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
    // Around the lambda, too.
    same(
      "SELECT IF(k = 1, transform(xs, v -> scores(v)), xs) FROM a",
      filled.zipWithIndex.collect { case (count, id) if id % 3 == 1 => count }.sum
    )
  }

  test("one call's answer decides whether another is asked, or is its argument") {
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
    // The inner one is a row's, and is asked where the row has elements.
    same(
      "SELECT transform(xs, v -> scores(v + scores(x))) FROM a",
      filled.sum + lengths.count(_ > 0),
      2
    )
  }

  test("a call that stands in two lambdas, or above a filter with it, is made once") {
    val all = filled.sum
    same("SELECT transform(xs, v -> scores(v)) AS y, filter(xs, w -> scores(w) > 2) FROM a", all)
    same(
      "SELECT transform(xs, v -> scores(v)) FROM a WHERE transform(xs, w -> scores(w))[0] > 2",
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

  test("functions of columns, too") {
    val spec = TestModels.spec("scores")
    val frame = spark.table("a").select(
      transform(col("xs"), v => functions.predict(spec, v)),
      expr("transform(xs, v -> scores(v))")
    )
    assert(operators(frame).size == 1 && unbatched(frame) == 0, frame.queryExecution.executedPlan)
    frame.collect().foreach(row => assert(row.get(0) == row.get(1)))
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

  test("a rejected element costs itself, or fails the task with its row's number") {
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
    assert(why.contains("an array of 2 at depth 1, found one of 1 in the row"), why)
    assert(why.contains("number 701 of partition 0"), why)
  }

  test("a model that draws numbers draws once for each element") {
    val drawn = check("SELECT id, transform(array(x, x, x), v -> draw(v)) AS d FROM a")
    val numbers = drawn.collect().flatMap(_.getSeq[Float](1))
    assert(numbers.length == 3 * rows && numbers.distinct.length > 3 * rows - 5)
    assert(
      predicted(spark.sql("SELECT transform(array(x, x, x), v -> draw(v)) FROM a")) == 3 * rows
    )
    // Two calls are two draws, and what is drawn once is one number wherever it is used.
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
    // Also where it is given the same for all elements, or for those that meet a condition.
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
    // An array that is another each time is one array.
    val mixed = "transform(shuffle(array(x, x + 1)), v -> named_struct('v', v, 's', scores(v)))"
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

  test("what a lambda has of the elements before is evaluated a row at a time") {
    val text =
      "SELECT aggregate(xs, 1D, (s, v) -> s + scores(float(s)), s -> s * scores(float(s))) FROM a"
    val query = spark.sql(text)
    assert(sorted(query.collect()) == sorted(alone(text)))
    assert(unbatched(query) == 2)
  }
}
