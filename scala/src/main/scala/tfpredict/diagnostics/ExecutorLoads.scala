package tfpredict.diagnostics

import java.lang.management.ManagementFactory

import org.apache.spark.{SparkContext, SparkEnv}

import tfpredict.engine.Engine
import tfpredict.model.ModelCache

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

  /** Asks every executor, by a small job. An executor that has loaded nothing is not listed. */
  def of(sc: SparkContext): Seq[ExecutorLoads] =
    EachExecutor
      .ask(sc)(() => here)
      .collect()
      .distinct
      .sortBy(loads => (loads.executor, loads.path))
      .toSeq

  /** Whether this JVM has asked for the engine's native code. A driver of a cluster does not. */
  def isNativeHere: Boolean = Engine.installed.wantsNatives

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
