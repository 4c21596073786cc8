package tfpredict.options

import org.apache.spark.SparkConf
import org.scalatest.funsuite.AnyFunSuite

class ExecutorMemorySuite extends AnyFunSuite {
  private val MB = 1L << 20

  private def outside(master: String, entries: (String, String)*): Option[Long] =
    ExecutorMemory.outsideHeap(new SparkConf(false).setMaster(master).setAll(entries))

  test("Spark's memory for an executor, by default and as configured") {
    assert(outside("yarn").contains(384 * MB))
    assert(outside("yarn", "spark.executor.memory" -> "8g").contains(819 * MB))
    val factor = "spark.executor.memoryOverheadFactor" -> "0.4"
    assert(outside("k8s://x", "spark.executor.memory" -> "8g", factor).contains(3276 * MB))
    assert(outside("yarn", "spark.executor.memoryOverhead" -> "2g", factor).contains(2048 * MB))
    assert(outside("yarn", "spark.executor.memoryOverhead" -> "700").contains(700 * MB))
    val older = "spark.kubernetes.memoryOverheadFactor" -> "0.4"
    assert(outside("k8s://x", "spark.executor.memory" -> "8g", older).contains(3276 * MB))
    assert(outside("yarn", "spark.executor.memory" -> "8g", older).contains(819 * MB))
    val offHeap =
      Seq("spark.memory.offHeap.enabled" -> "true", "spark.memory.offHeap.size" -> "1g")
    assert(outside("yarn", offHeap: _*).contains((384 + 1024) * MB))
  }

  test("local mode has no container, but a local cluster's processes count as some") {
    for (master <- Seq("local", "local[2]", "local[*, 3]")) assert(outside(master).isEmpty)
    assert(outside("local-cluster[2,1,1024]").contains(384 * MB))
    assert(ExecutorMemory.outsideHeap(new SparkConf(false)).isEmpty)
  }
}
