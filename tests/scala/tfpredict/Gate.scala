package tfpredict

import java.util.concurrent.{CountDownLatch, TimeUnit}

import org.apache.spark.sql.SparkSession

/**
 * Pauses a job in the middle. The SQL function `gate(id, at)` returns `id`. At the row `at` it
 * waits until the test opens the gate; if `at` is negative, it never waits. Works only for tasks in
 * the test's own JVM.
 */
object Gate {
  @volatile private var arrived = new CountDownLatch(1)
  @volatile private var opened = new CountDownLatch(1)

  def register(spark: SparkSession): Unit = {
    spark.udf.register("gate", (id: Long, at: Long) => Gate.pass(id, at))
    ()
  }

  /** Runs a job, and runs `meanwhile` while the job waits at the gate. */
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
