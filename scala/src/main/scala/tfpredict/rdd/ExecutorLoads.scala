package tfpredict.rdd

import java.lang.management.ManagementFactory

import org.apache.spark.{SparkContext, SparkEnv}

import tfpredict.model.ModelCache
import tfpredict.session.NativeLibraries

/**
 * How often one executor has loaded one model.
 *
 * @param process
 *   the executor's JVM, as `pid@host`
 * @param version
 *   the model's version; -1 for an unversioned one
 * @param loads
 *   1 whatever the number of tasks; more only if it was closed in between, for want of room or
 *   because a later version took its place
 * @since 0.1.0
 */
final case class ExecutorLoads(
    executor: String,
    process: String,
    path: String,
    version: Long,
    loads: Int
)

object ExecutorLoads {

  /**
   * Asks every executor, by a small job: so many short tasks that each executor gets some. An
   * executor that has loaded nothing is not listed.
   */
  def of(sc: SparkContext): Seq[ExecutorLoads] = {
    val tasks = 8 * math.max(1, sc.defaultParallelism)
    sc.parallelize(1 to tasks, tasks)
      .flatMap { _ =>
        // Long enough that one free executor does not take all the tasks.
        Thread.sleep(50)
        here
      }
      .collect()
      .distinct
      .sortBy(loads => (loads.executor, loads.path))
      .toSeq
  }

  /** Whether this JVM has asked for TensorFlow's native library. A driver of a cluster does not. */
  def isNativeHere: Boolean = NativeLibraries.isRequested

  private def here: Seq[ExecutorLoads] =
    ModelCache.shared.loads.toSeq.map {
      case (key, count) =>
        ExecutorLoads(
          SparkEnv.get.executorId,
          ManagementFactory.getRuntimeMXBean.getName,
          key.path,
          key.version.getOrElse(-1L),
          count
        )
    }
}
