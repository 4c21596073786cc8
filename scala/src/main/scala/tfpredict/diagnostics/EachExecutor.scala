package tfpredict.diagnostics

import scala.reflect.ClassTag

import org.apache.spark.SparkContext
import org.apache.spark.rdd.RDD

/** Runs a function on every executor, by a small job. */
private[diagnostics] object EachExecutor {

  /**
   * Returns an RDD of the executors' answers. It has many short tasks, so that each executor runs
   * at least one. An executor may give the same answer several times.
   *
   * @param look
   *   runs on the executors
   */
  def ask[A: ClassTag](sc: SparkContext)(look: () => Seq[A]): RDD[A] = {
    val tasks = 8 * math.max(1, sc.defaultParallelism)
    sc.parallelize(1 to tasks, tasks).flatMap { _ =>
      // Long enough to prevent one free executor from running all tasks.
      Thread.sleep(50)
      look()
    }
  }
}
