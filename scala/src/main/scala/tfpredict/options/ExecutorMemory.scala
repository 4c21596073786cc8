package tfpredict.options

import org.apache.spark.SparkConf

/** The memory that Spark requests for an executor's container besides its heap. */
private[tfpredict] object ExecutorMemory {

  /**
   * Returns the bytes that an executor may use outside its heap, from its configuration or Spark's
   * default. Returns none in local mode, where there is no container.
   */
  def outsideHeap(conf: SparkConf): Option[Long] = {
    val master = conf.get("spark.master", "local")
    if (master.matches("local(\\[.*)?")) None
    else {
      val heap = conf.getSizeAsMb("spark.executor.memory", "1g")
      // On Kubernetes the driver still sets this older key, to 0.4 for Python programs.
      val older =
        if (master.startsWith("k8s")) conf.getDouble("spark.kubernetes.memoryOverheadFactor", 0.1)
        else 0.1
      val factor = conf.getDouble("spark.executor.memoryOverheadFactor", older)
      val overhead =
        if (conf.contains(Overhead)) conf.getSizeAsMb(Overhead)
        else math.max((factor * heap).toLong, 384L)
      val offHeap =
        if (conf.getBoolean("spark.memory.offHeap.enabled", false)) {
          conf.getSizeAsBytes("spark.memory.offHeap.size", "0")
        } else 0L
      Some((overhead << 20) + offHeap)
    }
  }

  private val Overhead = "spark.executor.memoryOverhead"
}
