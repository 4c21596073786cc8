package tfpredict.sql

import org.apache.spark.sql.functions.col
import org.apache.spark.sql.types._
import org.apache.spark.sql.{AnalysisException, Row}

import tfpredict.{
  InputException,
  ModelNotFoundException,
  ModelSpec,
  SparkSuite,
  TestModels,
  Tfpredict,
  functions
}

class PredictSuite extends SparkSuite {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    for (name <- Seq("linear", "images", "pictures", "scores", "two_inputs"))
      Tfpredict.register(spark, TestModels.spec(name), name)
    val golden = TestModels.golden(spark, "images")
    spark
      .createDataFrame(golden.rows.toSeq.zipWithIndex.map { case (row, id) => (id, row) })
      .toDF("id", "flat")
      .createOrReplaceTempView("images_flat")
  }

  private def only(query: String): Any = spark.sql(query).head().get(0)

  private def rows(query: String): Array[Array[Float]] =
    spark.sql(query).collect().map(_.getSeq[Float](0).toArray)

  test("the golden numbers of the walk-through") {
    val found = spark.sql(
      "SELECT linear(features) FROM VALUES (array(1.0f, 2.0f)), (array(3.0f, 5.0f)), (array(7.0f, 8.0f)) AS t(features)"
    ).collect().map(row => Array(row.getFloat(0)))
    assertClose(found, Array(Array(3.019596f), Array(3.9264367f), Array(8.828995f)))
  }

  test("flat and nested images give the same, which is TensorFlow's") {
    val golden = TestModels.golden(spark, "images")
    assertClose(rows("SELECT images(flat) FROM images_flat ORDER BY id"), golden.answers)
    val nested =
      """transform(sequence(0, 3), i -> transform(sequence(0, 2), j ->
        |  slice(flat, i * 6 + j * 2 + 1, 2)))""".stripMargin
    assertClose(rows(s"SELECT images($nested) FROM images_flat ORDER BY id"), golden.answers)
  }

  test("result types follow the signature") {
    def result(call: String): DataType =
      spark.sql(s"SELECT $call FROM images_flat").schema.head.dataType
    assert(result("linear(array(1, 2))") == FloatType)
    assert(result("scores(1.0)") == FloatType)
    assert(result("images(flat)") == ArrayType(FloatType, containsNull = false))
    val rank3 = result("pictures(flat)")
    assert(rank3.simpleString == "array<array<array<float>>>")
    val golden = TestModels.golden(spark, "images")
    val found = rows("SELECT flatten(flatten(pictures(flat))) FROM images_flat ORDER BY id LIMIT 1")
    assert(found.head.length == 4 * 3 * 2 && golden.rows.nonEmpty)
  }

  test("any number is cast") {
    val expected = only("SELECT linear(array(1.0f, 2.0f))")
    for (
      call <-
        Seq("array(1, 2)", "array(1L, 2L)", "array(1.0d, 2.0d)", "array(1.0, 2.0)", "array(1Y, 2S)")
    )
      assert(only(s"SELECT linear($call)") == expected, call)
    val ansi = spark.newSession()
    ansi.conf.set("spark.sql.ansi.enabled", "true")
    Tfpredict.register(ansi, TestModels.spec("linear"), "linear")
    assert(ansi.sql("SELECT linear(array(1.0d, 2.0d))").head().get(0) == expected)
  }

  test("a number for [batch], and one for each of two inputs") {
    assert(only("SELECT scores(2.25)") == 1.5f)
    assert(only("SELECT two_inputs(array(1, 2), array(4))") == 7f)
    assert(only("SELECT two_inputs(array(1, 2), 4)") == 7f)
  }

  test("a null argument gives a null result for that row") {
    val found = spark.sql(
      "SELECT linear(f) FROM VALUES (array(1.0f, 2.0f)), (null), (array(3.0f, 5.0f)) AS t(f)"
    )
    assert(found.collect().map(_.isNullAt(0)).toSeq == Seq(false, true, false))
    assert(spark.sql("SELECT two_inputs(array(1, 2), CAST(NULL AS INT))").head() == Row(null))
  }

  test("wrong columns fail at analysis, with the model, the expected and the found types") {
    def refused(query: String): String = intercept[AnalysisException](spark.sql(query)).getMessage
    val text = refused("SELECT linear('text')")
    assert(text.contains("linear (version 1, signature serving_default)"))
    assert(text.contains("array<float> for input inputs (float32[?, 2]). Found: string for inputs"))
    assert(refused("SELECT linear(array('1', '2'))").contains("Found: array<string>"))
    assert(refused("SELECT linear(array(array(1.0f)))").contains("Found: array<array<"))
    assert(refused(
      "SELECT linear(1.0f)"
    ).contains("array<float> for input inputs (float32[?, 2]). Found: float"))
    assert(refused("SELECT linear()").contains(
      "Expected: 1 argument, for inputs (float32[?, 2]), or one struct with 1 field. Found: 0"
    ))
    assert(refused("SELECT linear(array(1, 2), 3)").contains("Found: 2 arguments"))
    assert(refused("SELECT linear(1.0, id) FROM range(1)").contains(
      "Found: 2 arguments. Fix: Pass the columns as one array: array(1.0, id)."
    ))
    assert(refused("SELECT linear(1, 2, 3, 4)").contains("one array: array(1, 2, 3, …)."))
    assert(refused("SELECT linear(struct(1, 2))").contains("Pass the values as one array, or name"))
    assert(refused("SELECT linear(no_such_column)").contains("no_such_column"))
  }

  test("a wrong length, or a null inside an array, fails the job with the reason") {
    def refused(array: String): String = {
      val query = spark.sql(s"SELECT linear($array) FROM range(1)")
      causeOf[InputException](intercept[Exception](query.collect())).getMessage
    }
    assert(
      refused("array(id, 2, 3)").contains("input inputs (float32[?, 2]). Found: length 3, in row")
    )
    assert(refused("array(id, CAST(NULL AS INT))").contains("a null at index 1"))
    assert(only("SELECT count(linear(array(id, 2))) FROM range(3)") == 3L)
  }

  test("it stands anywhere an expression may") {
    spark.range(0, 20, 1, 4).selectExpr("id", "array(id, id) AS f").createOrReplaceTempView("t")
    def close(found: Any, expected: Double): Unit =
      assert(math.abs(found.toString.toDouble - expected) < 1e-3, s"$found, expected $expected")
    def y(x: Double): Double = (1.9978589 - 1.0296257) * x + 3.0809885
    val all = (0 until 20).map(i => y(i.toDouble))
    assert(only("SELECT count(*) FROM t WHERE linear(f) > 10") == all.count(_ > 10))
    close(only("SELECT sum(linear(f)) FROM t"), all.sum)
    close(only("SELECT linear(f) FROM t ORDER BY linear(f) DESC LIMIT 1"), all.max)
    assert(only(
      "SELECT count(*) FROM (SELECT linear(f) > 10 AS big FROM t GROUP BY linear(f) > 10)"
    ) == 2L)
    close(
      only("SELECT CASE WHEN id < 3 THEN linear(f) ELSE 0 END FROM t ORDER BY id DESC LIMIT 1"),
      0
    )
    close(only("SELECT linear(array(linear(f), linear(f))) FROM t WHERE id = 4"), y(y(4)))
    val joined = "SELECT count(*) FROM t AS a JOIN t AS b ON linear(a.f) = linear(b.f)"
    assert(only(joined) == 20L)
  }

  test("functions.predict needs no name") {
    val frame = spark.sql("SELECT array(1.0f, 2.0f) AS features")
    val found = frame.select(functions.predict(TestModels.spec("linear"), col("features")).as("y"))
    assertClose(Array(Array(found.head().getFloat(0))), Array(Array(3.019596f)))
  }

  test("registering returns the resolved model, and registering again replaces it") {
    val model = Tfpredict.register(spark, TestModels.spec("linear"), "again")
    assert(model.spec.version.contains(1L) && model.spec.fingerprint.isDefined)
    assert(model.signature.inputs.map(_.describe) == Vector("inputs float32[?, 2]"))
    Tfpredict.register(spark, TestModels.spec("scores"), "again")
    assert(only("SELECT again(4.0)") == 2f)
  }

  test("a missing model and an invalid name are refused at registration") {
    intercept[ModelNotFoundException](Tfpredict.register(spark, ModelSpec("/no/such"), "f"))
    val refused = intercept[IllegalArgumentException](
      Tfpredict.register(spark, TestModels.spec("linear"), "no name")
    )
    assert(refused.getMessage.contains(
      "Expected: letters, digits and underscores, where the first is no digit. Found: \"no name\""
    ))
  }

  test("an expression carries no more than its spec, signature and settings") {
    val plan = spark.sql("SELECT linear(array(id, id)) FROM range(1)").queryExecution.analyzed
    val predict = plan.expressions.flatMap(_.collect { case found: Predict => found }).head
    val bytes = new java.io.ByteArrayOutputStream
    new java.io.ObjectOutputStream(bytes).writeObject(predict.model)
    assert(bytes.size < 2000)
    assert(!predict.foldable && predict.deterministic)
  }
}
