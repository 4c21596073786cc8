package byhand

import org.{tensorflow => tf}

/** The model on the driver: load, feed, fetch, print, close. */
object TfDriver {

  def main(args: Array[String]): Unit = {
    // The second argument is the tag of the graph, which `tfpredict adapt` always calls "serve".
    val bundle = tf.SavedModelBundle.load(Model.path, "serve")

    val sess = bundle.session()
    val x = tf.Tensor.create(Array(Array(1.0f, 2.0f), Array(2.0f, 3.0f)))
    val y = sess.runner().feed("serving_default_inputs:0", x)
      .fetch("StatefulPartitionedCall:0").run().get(0)

    val result = Array.ofDim[Float](y.shape()(0).toInt, y.shape()(1).toInt)
    y.copyTo(result)

    x.close()
    y.close()
    bundle.close() // and with it the session

    println(result.map(_.mkString("Array(", ", ", ")")).mkString("Array(", ", ", ")"))
  }
}
