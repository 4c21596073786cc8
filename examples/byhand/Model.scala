package byhand

import org.{tensorflow => tf}

/**
 * The model, loaded once per JVM on first use. The walk-through broadcasts the bundle, which works
 * only while driver and executors are one JVM. A bundle is native memory, which Spark cannot send
 * to another JVM.
 */
object Model {

  lazy val bundle: tf.SavedModelBundle = tf.SavedModelBundle.load(path, "serve")

  /**
   * The path of the adapted model on every host: the variable MODEL, set for executors by
   * spark.executorEnv.MODEL.
   */
  def path: String = sys.env.getOrElse("MODEL", "data/linear_adapted")
}
