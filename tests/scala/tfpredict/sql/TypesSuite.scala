package tfpredict.sql

import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.types.{ShortType, StringType}
import org.apache.spark.sql.{AnalysisException, Row}

import tfpredict.{InputException, SignatureException, SparkSuite, TestModels, Tfpredict}

/** Every dtype, shape and way to pass arguments, through SQL. */
class TypesSuite extends SparkSuite {

  private def register(model: String, outputs: String*): Unit = {
    Tfpredict.register(spark, TestModels.spec(model).copy(outputs = outputs), "f")
    ()
  }

  private def only(query: String): Any = spark.sql(query).head().get(0)

  private def analysis(query: String): String =
    intercept[AnalysisException](spark.sql(query)).getMessage

  private def input(query: String): String =
    causeOf[InputException](intercept[Exception](spark.sql(query).collect())).getMessage

  // SQL literals of each dtype, which must come out unchanged.
  private val dtypes = Seq(
    "float32" -> Seq("1.5F", "-2.25F", "CAST('NaN' AS FLOAT)", "CAST('-Infinity' AS FLOAT)"),
    "float64" -> Seq("1.1D", "-1e300D", "CAST('Infinity' AS DOUBLE)", "0D"),
    "int32" -> Seq("1", "-2147483648", "2147483647", "0"),
    "int64" -> Seq("1L", "-9223372036854775807L", "9223372036854775807L", "0L"),
    "uint8" -> Seq("0S", "127S", "128S", "255S"),
    "bool" -> Seq("true", "false", "true", "true"),
    "string" -> Seq("''", "'text'", "'语文 ∑'", "repeat('long ', 100)")
  )

  for ((dtype, Seq(a, b, c, d)) <- dtypes)
    test(s"$dtype goes in and comes out as it is, nested, flat and as an element") {
      register(s"typed_$dtype", "same", "first", "size")
      for (column <- Seq(s"array(array($a, $b), array($c, $d))", s"array($a, $b, $c, $d)")) {
        val query = s"SELECT y.same, y.first, y.size FROM (SELECT f($column) AS y)"
        val found = spark.sql(query)
        val expected = spark.sql(s"SELECT array(array($a, $b), array($c, $d)), $a, 4").head()
        assert(found.head().toString == expected.toString)
        assert(found.schema.map(_.dataType.simpleString) ==
          spark.sql(s"SELECT array(array($a)), $a, 4").schema.map(_.dataType.simpleString))
      }
    }

  test("many rows of strings keep their order and their bytes") {
    register("typed_string", "same")
    spark
      .range(0, 3000, 1, 3)
      .selectExpr("id", "concat(repeat('x', CAST(id % 300 AS INT)), id) AS s")
      .createOrReplaceTempView("strings")
    val same = "f(array(s, '', s, CAST(id AS STRING)))"
    assert(only(
      s"SELECT count(*) FROM strings WHERE $same = array(array(s, ''), array(s, CAST(id AS STRING)))"
    ) == 3000L)
  }

  test("binary goes in as it is, and comes out as the same bytes") {
    register("typed_string", "first")
    assert(
      spark.sql("SELECT f(array(X'00FF80', X'', X'01', X'02'))").schema.head.dataType == StringType
    )
    assert(only("SELECT hex(CAST(f(array(X'00FF80', X'', X'01', X'02')) AS BINARY))") == "00FF80")
  }

  test("a value that uint8 does not hold is refused, with the value") {
    register("typed_uint8", "first")
    assert(spark.sql("SELECT f(array(1Y, 2S, 3S, 4S))").schema.head.dataType == ShortType)
    for (value <- Seq("256", "-1")) {
      val text = input(s"SELECT f(array(CAST($value + id AS SMALLINT), 0S, 0S, 0S)) FROM range(1)")
      assert(text.startsWith("[TFPREDICT_INPUT_RANGE] A number is outside the range"))
      assert(text.contains("values that uint8 holds in input "))
      assert(text.contains(s" (uint8[?, 2, 2]). Found: $value, in row "))
    }
  }

  test("nothing is cast silently to a type that might not hold it") {
    register("typed_int32", "first")
    assert(
      analysis("SELECT f(array(1L, 2L, 3L, 4L))").contains("or array<int> for input ")
    )
    assert(analysis("SELECT f(array(1.0D, 2D, 3D, 4D))").contains("Found: array<double>"))
    assert(analysis("SELECT f(array('1', '2', '3', '4'))").contains("Found: array<string>"))
    register("typed_bool", "first")
    assert(analysis("SELECT f(array(1, 0, 1, 1))").contains("Found: array<int>"))
    register("typed_string", "first")
    assert(analysis("SELECT f(array(1, 0, 1, 1))").contains("Found: array<int>"))
    assert(only("SELECT f(array('a', 'b', 'c', 'd'))") == "a")
  }

  test("a lookup table of the model's assets works") {
    register("lookup")
    val found =
      spark.sql("SELECT f(w).index, f(w).upper FROM VALUES ('plum'), ('none'), (null) AS t(w)")
    assert(found.collect().toSeq == Seq(Row(2L, "PLUM"), Row(-1L, "NONE"), Row(null, null)))
  }

  test(
    "several outputs are a struct by name, and chosen ones keep their order"
  ) {
    register("lookup")
    assert(spark.sql(
      "SELECT f('pear')"
    ).schema.head.dataType.simpleString == "struct<index:bigint,upper:string>")
    register("lookup", "upper", "index")
    assert(only("SELECT f('pear')") == Row("PEAR", 1L))
    register("lookup", "upper")
    assert(only("SELECT f('pear')") == "PEAR")
    val refused = intercept[SignatureException](register("lookup", "lower"))
    assert(refused.getMessage.contains("some of the outputs index, upper, each once. Found: lower"))
    intercept[SignatureException](register("lookup", "upper", "upper"))
  }

  test("inputs by position, or as a struct by name, in any case and order") {
    register("two_inputs")
    assert(only("SELECT f(array(1, 2), array(4))") == 7f)
    assert(only("SELECT f(named_struct('B', array(4), 'a', array(1, 2)))") == 7f)
    assert(only("SELECT f(struct(a, b)) FROM VALUES (array(1, 2), 4) AS t(a, b)") == 7f)
    assert(only("SELECT f(CAST(NULL AS struct<a: array<float>, b: float>))") == null)
    assert(only("SELECT f(named_struct('a', array(1, 2), 'b', CAST(NULL AS FLOAT)))") == null)
    val missing = analysis("SELECT f(named_struct('a', array(1, 2)))")
    assert(missing.contains(
      "Expected: a struct with each of these fields once: a, b. Found: struct<a:array<int>>."
    ))
    assert(analysis("SELECT f(named_struct('a', array(1, 2), 'b', 4, 'c', 5))").contains("c:int"))
    assert(
      analysis(
        "SELECT f(named_struct('a', array(1, 2), 'b', 4, 'B', 5))"
      ).contains("[TFPREDICT_ARGUMENT_NAME]")
    )
    assert(analysis(
      "SELECT f(array(1, 2))"
    ).contains("Expected: 2 arguments, for a (float32[?, 2]), "))
  }

  test("rows of many lengths are batched by length, none padded, in order") {
    register("ragged")
    spark
      .range(0, 500, 1, 2)
      .selectExpr("id", "sequence(id, id + id % 7) AS ids")
      .createOrReplaceTempView("ragged")
    val rows = spark.sql("SELECT id, ids, f(ids) AS y FROM ragged").collect()
    assert(rows.length == 500)
    for (row <- rows) {
      val (ids, y) = (row.getSeq[Long](1), row.getStruct(2))
      assert(y.getSeq[Long](y.fieldIndex("doubled")) == ids.map(2 * _))
      assert(y.getAs[Long]("total") == ids.sum)
    }
  }

  test("a row that is ragged itself is refused") {
    Tfpredict.register(spark, TestModels.spec("images"), "f")
    val ragged = "transform(sequence(0, 3), i -> transform(sequence(0, 2), j -> sequence(0, j)))"
    val why = input(s"SELECT f($ragged) FROM range(1)")
    assert(why.contains("length 2 at depth 3 in input"))
    assert(why.contains("Found: length 1, in row 1 of partition "))
  }

  test("a fixed batch is filled up, and only real rows have results") {
    register("fixed_batch")
    for (count <- Seq(1, 2, 3, 4, 7)) {
      val found = spark.range(0, count.toLong, 1, 1).selectExpr("f(array(id, 1))").collect()
      assert(found.map(_.getFloat(0)).toSeq == (0 until count).map(id => 301f + id))
    }
  }

  test("ML vectors, dense and sparse, are arrays of numbers") {
    Tfpredict.register(spark, TestModels.spec("linear"), "f")
    val vectors = Seq(Vectors.dense(1, 2), Vectors.sparse(2, Array(1), Array(2.0)), null)
    spark.createDataFrame(vectors.map(Tuple1(_))).toDF("v").createOrReplaceTempView("vectors")
    val found = spark.sql("SELECT f(v) FROM vectors").collect()
    val arrays =
      spark.sql("SELECT f(a) FROM VALUES (array(1, 2)), (array(0, 2)), (null) AS t(a)").collect()
    assert(found.toSeq == arrays.toSeq)
    val short = spark.createDataFrame(Seq(Tuple1(Vectors.dense(1.0)))).toDF("v")
    short.createOrReplaceTempView("short")
    val why = input("SELECT f(v) FROM short")
    assert(why.contains("length 2 at depth 1 in input"))
    assert(why.contains("Found: length 1, in row 1 of partition "))
  }
}
