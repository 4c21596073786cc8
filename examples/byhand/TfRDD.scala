package byhand

import org.apache.spark.sql.SparkSession
import org.{tensorflow => tf}

/** The model on an RDD: each partition is one batch. */
object TfRDD {

  def main(args: Array[String]): Unit = {
    val spark = SparkSession
      .builder()
      .appName("TfRDD")
      .getOrCreate()

    val sc = spark.sparkContext

    val rdd_data = sc.makeRDD(
      List(Array(1.0f, 2.0f), Array(3.0f, 5.0f), Array(6.0f, 7.0f), Array(8.0f, 3.0f))
    )

    val rdd_result = rdd_data.mapPartitions { iter =>
      val arr = iter.toArray
      // Of an empty partition no tensor can be made: it has no second dimension.
      if (arr.isEmpty) Iterator.empty
      else {
        val sess = Model.bundle.session()
        val x = tf.Tensor.create(arr)
        val y = sess.runner().feed("serving_default_inputs:0", x)
          .fetch("StatefulPartitionedCall:0").run().get(0)

        val result = Array.ofDim[Float](y.shape()(0).toInt, y.shape()(1).toInt)
        y.copyTo(result)
        x.close()
        y.close()
        result.iterator
      }
    }

    val found = rdd_result.take(5)
    println(found.map(_.mkString("Array(", ", ", ")")).mkString("Array(", ", ", ")"))
  }
}
