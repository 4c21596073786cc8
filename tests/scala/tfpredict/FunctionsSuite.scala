package tfpredict

import org.apache.spark.sql.functions.col

class FunctionsSuite extends SparkSuite {
  import spark.implicits._

  private lazy val rows = Seq(Array(1.0f, 2.0f), Array(3.0f, 5.0f)).toDF("features")
  private val linear = TestModels.spec("linear")

  test("a step of transform adds predictions as one more column") {
    val stepped = rows.transform(functions.withPredictions(linear, "y", col("features")))
    assert(stepped.columns.toSeq == Seq("features", "y"))
    val plain = rows.withColumn("y", functions.predict(linear, col("features")))
    assert(stepped.collect().toSeq == plain.collect().toSeq)
  }

  test("a step of transform takes the options of predict") {
    val step = functions.withPredictions(
      linear,
      PredictOptions(modelVersion = true),
      "features",
      col("features")
    )
    // A column of that name is replaced.
    val versions = rows.transform(step).select("features.model_version").as[Long].collect()
    assert(versions.toSeq == Seq(1L, 1L))
  }
}
