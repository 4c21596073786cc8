package tfpredict.diagnostics

import scala.reflect.ClassTag

import org.apache.spark.SparkContext
import org.apache.spark.rdd.RDD

/** Asks every executor something, by a small job. */
private[diagnostics] object EachExecutor {

  /**
   * What executors say, when it is collected: so many short tasks that each executor gets some, and
   * says the same more than once.
   *
   * @param look
   *   runs on the executors
   */
  def ask[A: ClassTag](sc: SparkContext)(look: () => Seq[A]): RDD[A] = {
    val tasks = 8 * math.max(1, sc.defaultParallelism)
    sc.parallelize(1 to tasks, tasks).flatMap { _ =>
      // Long enough that one free executor does not take all the tasks.
      Thread.sleep(50)
      look()
    }
  }
}
