package tfpredict.examples

import org.apache.spark.sql.SparkSession

import tfpredict.ModelSpec
import tfpredict.rdd.RddPredictor

/** Runs a model on an RDD, on the executors. */
object TfRDD {

  def main(args: Array[String]): Unit = {
    val path = ModelPath.from(args, "TfRDD")
    val spark = SparkSession.builder().appName("TfRDD").getOrCreate()

    val rows = spark.sparkContext.makeRDD(
      List(Array(1.0f, 2.0f), Array(3.0f, 5.0f), Array(6.0f, 7.0f), Array(8.0f, 3.0f))
    )
    val result = new RddPredictor(ModelSpec(path)).predict(rows)
    println(ModelPath.show(result.take(5)))
  }
}
