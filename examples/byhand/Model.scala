package byhand

import org.{tensorflow => tf}

/**
 * The model, once in each JVM, when somebody first asks for it. The walk-through broadcasts the
 * bundle, and that works as long as driver and executors are one JVM: it is native memory, which
 * Spark cannot send to another.
 */
object Model {

  lazy val bundle: tf.SavedModelBundle = tf.SavedModelBundle.load(path, "serve")

  /** Where the adapted model is, on every host: MODEL, on executors by spark.executorEnv.MODEL. */
  def path: String = sys.env.getOrElse("MODEL", "data/linear_adapted")
}
