package tfpredict.sql

import org.apache.spark.sql.Row
import org.apache.spark.sql.types.{ArrayType, FloatType, IntegerType, StructField, StructType}
import org.tensorflow.framework.DataType

import tfpredict.TinyModels._
import tfpredict.{OnError, PredictOptions, TestModels, Tfpredict, TinyModels}

/** A table of arrays, and a comparison of batched and row-by-row results. */
trait LambdaPlans extends PredictPlans {

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
        // 0 to 5 elements, the second one null. Null for each seventh row.
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

  // A random number between 0 and 1 for each row, different in each run.
  protected def drawing = TinyModels.of(
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

  protected val lengths = (0 until rows).map(id => if (id % 7 == 3) 0 else id % 6)
  // The number of elements that are not null.
  protected val filled = lengths.map(length => if (length >= 2) length - 1 else length)

  protected def count(elements: String): Int =
    spark.sql(s"SELECT sum(size($elements)) FROM a WHERE size(xs) > 0").head().getLong(0).toInt

  protected def good = count("filter(pairs, p -> size(p) = 2 AND p[0] IS NOT NULL)")
  protected def behind = count("filter(xs, (v, i) -> i > 0 AND v IS NOT NULL)")
  protected def highs = count("filter(xs, v -> v > 3)")

  protected val entries = ArrayType(
    StructType(Seq(StructField("key", IntegerType), StructField("value", FloatType)))
  )

  protected def alone(text: String): Seq[Row] = {
    spark.conf.set("spark.sql.optimizer.excludedRules", ExtractPredicts.ruleName)
    try {
      val query = spark.sql(text)
      assert(!query.queryExecution.optimizedPlan.exists(_.isInstanceOf[BatchPredict]))
      query.collect().toSeq
    } finally spark.conf.unset("spark.sql.optimizer.excludedRules")
  }

  /* Compares batched results with row-by-row results, and counts operators and rows. */
  protected def same(text: String, seen: Int, expectedOperators: Int = 1): Unit = {
    val query = check(text, expectedOperators)
    assert(sorted(query.collect()) == sorted(alone(text)), text)
    assert(predicted(spark.sql(text)) == seen, text)
  }

  protected def sorted(rows: Seq[Row]): Seq[Any] = rows.map(rounded).sortBy(_.toString)

  protected def rounded(value: Any): Any = value match {
    case row: Row => Row(row.toSeq.map(rounded): _*)
    case values: scala.collection.Seq[_] => values.map(rounded).toList
    case map: scala.collection.Map[_, _] => map.toSeq.map(rounded).sortBy(_.toString)
    case (key, value) => (rounded(key), rounded(value))
    case number: Float => math.round(number * 1000)
    case number: Double => math.round(number * 1000)
    case other => other
  }
}
