package tfpredict.diagnostics

import java.lang.management.ManagementFactory

import org.apache.spark.{SparkContext, SparkEnv}

import tfpredict.engine.Engine
import tfpredict.model.ModelCache

/**
 * The number of times that one executor has loaded one model.
 *
 * @param executor
 *   the executor's id
 * @param process
 *   the executor's JVM, as `pid@host`
 * @param path
 *   the model's path
 * @param version
 *   the model's version; -1 if it has none
 * @param loads
 *   1 for any number of tasks. More only if the model was closed in between, for lack of memory or
 *   because a later version replaced it.
 * @since 0.1.0
 */
final case class ExecutorLoads(
    executor: String,
    process: String,
    path: String,
    version: Long,
    loads: Int
)

/** Collects the loads of all executors. */
object ExecutorLoads {

  /** Asks every executor, by a small job. Executors that have loaded nothing are not listed. */
  def of(sc: SparkContext): Seq[ExecutorLoads] =
    EachExecutor
      .ask(sc)(() => here)
      .collect()
      .distinct
      .sortBy(loads => (loads.executor, loads.path))
      .toSeq

  /**
   * Whether the engine's native code was requested in this JVM. A cluster's driver never requests
   * it.
   */
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
