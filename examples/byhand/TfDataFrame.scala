package byhand

import scala.collection.mutable.WrappedArray

import org.apache.spark.sql.SparkSession
import org.{tensorflow => tf}

/** The model on a DataFrame: a SQL function, which Spark calls row by row. */
object TfDataFrame extends Serializable {

  def main(args: Array[String]): Unit = {
    val spark = SparkSession
      .builder()
      .appName("TfDataFrame")
      .getOrCreate()
    val sc = spark.sparkContext

    import spark.implicits._

    val tfpredict = (features: WrappedArray[Float]) => {
      val sess = Model.bundle.session()
      val x = tf.Tensor.create(Array(features.toArray))
      val y = sess.runner().feed("serving_default_inputs:0", x)
        .fetch("StatefulPartitionedCall:0").run().get(0)
      val result = Array.ofDim[Float](y.shape()(0).toInt, y.shape()(1).toInt)
      y.copyTo(result)
      x.close()
      y.close()
      val y_pred = result(0)(0)
      y_pred
    }
    spark.udf.register("tfpredict", tfpredict)

    val dfdata = sc
      .parallelize(List(Array(1.0f, 2.0f), Array(3.0f, 5.0f), Array(7.0f, 8.0f)))
      .toDF("features")
    dfdata.show()

    val dfresult = dfdata.selectExpr("features", "tfpredict(features) as y_preds")
    dfresult.show()
  }
}
