package tfpredict.examples

import org.apache.spark.sql.SparkSession

import tfpredict.{ModelSpec, Tfpredict}

/**
 * Runs a model on a DataFrame, as a SQL function. In spark-shell it uses the shell's own
 * SparkSession.
 */
object TfDataFrame {

  def main(args: Array[String]): Unit = {
    val path = ModelPath.from(args, "TfDataFrame")
    val spark = SparkSession.builder().appName("TfDataFrame").getOrCreate()
    import spark.implicits._

    Tfpredict.register(spark, ModelSpec(path), "tfpredict")

    val data = spark.sparkContext
      .parallelize(List(Array(1.0f, 2.0f), Array(3.0f, 5.0f), Array(7.0f, 8.0f)))
      .toDF("features")
    data.show()

    val result = data.selectExpr("features", "tfpredict(features) as y_preds")
    result.show()
  }
}
