package tfpredict

import java.util.concurrent.{CountDownLatch, TimeUnit}

import org.apache.spark.sql.SparkSession

/**
 * Holds a job in its middle: the SQL function `gate(id, at)` gives `id`, and from the row `at` on
 * waits until the test has done what it does meanwhile; nowhere if `at` is negative. For tasks in
 * the test's own JVM.
 */
object Gate {
  @volatile private var arrived = new CountDownLatch(1)
  @volatile private var opened = new CountDownLatch(1)

  def register(spark: SparkSession): Unit = {
    spark.udf.register("gate", (id: Long, at: Long) => Gate.pass(id, at))
    ()
  }

  /** Runs the job, and `meanwhile` while it waits at the gate. */
  def during[A](job: => A)(meanwhile: => Unit): A = {
    arrived = new CountDownLatch(1)
    opened = new CountDownLatch(1)
    val running = Background(job)
    try {
      assert(arrived.await(60, TimeUnit.SECONDS), "no row came to the gate")
      meanwhile
    } finally opened.countDown()
    running.await()
  }

  private def pass(id: Long, at: Long): Long = {
    if (at >= 0 && id >= at) {
      arrived.countDown()
      assert(opened.await(120, TimeUnit.SECONDS), "the gate was not opened")
    }
    id
  }
}
