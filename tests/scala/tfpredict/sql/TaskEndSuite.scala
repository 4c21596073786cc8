package tfpredict.sql

import java.lang.management.ManagementFactory
import java.nio.file.{Files, Paths}
import java.util.concurrent.atomic.AtomicReference

import scala.collection.JavaConverters._

import org.apache.spark.scheduler.{SparkListener, SparkListenerTaskStart}
import org.apache.spark.sql.DataFrame

import tfpredict.engine.Engine
import tfpredict.model.ModelCache
import tfpredict.{InputException, PredictOptions, SparkSuite, TestModels, Tfpredict}

/** Every ended task releases its resources, however it ended. */
class TaskEndSuite extends SparkSuite {

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    Tfpredict.register(spark, TestModels.spec("linear"), "linear", PredictOptions(Some(64)))
  }

  private def many(rows: Long): DataFrame =
    spark.range(0, rows, 1, 2).selectExpr("array(float(id), 1f) AS f").selectExpr("linear(f) AS y")

  private def run(query: DataFrame): Unit =
    query.write.format("noop").mode("overwrite").save()

  private def assertNothingLeft(): Unit = {
    // A killed task ends when its batch does.
    val deadline = System.currentTimeMillis + 10000
    while (
      (Engine.installed.liveTensors != 0 || ModelCache.shared.users != 0) &&
      System.currentTimeMillis < deadline
    ) Thread.sleep(20)
    assert(Engine.installed.liveTensors == 0)
    assert(ModelCache.shared.users == 0)
  }

  test("a job that ends leaves no tensor and no lease") {
    run(many(10000))
    assertNothingLeft()
    assert(many(10000).limit(3).collect().length == 3)
    assertNothingLeft()
  }

  test("so does one that fails in the middle of a partition") {
    val query = spark
      .range(0, 5000, 1, 2)
      .selectExpr("if(id = 2400, array(1f), array(float(id), 1f)) AS f")
      .selectExpr("linear(f) AS y")
    causeOf[InputException](intercept[Exception](run(query)))
    assertNothingLeft()
  }

  test("and one that is cancelled") {
    val started = new Object
    val listener = new SparkListener {
      override def onTaskStart(task: SparkListenerTaskStart): Unit =
        started.synchronized(started.notifyAll())
    }
    spark.sparkContext.addSparkListener(listener)
    val failure = new AtomicReference[Throwable]
    val job = new Thread(() => {
      spark.sparkContext.setJobGroup("cancelled", "", interruptOnCancel = true)
      try run(many(200000000L))
      catch { case failed: Throwable => failure.set(failed) }
    })
    started.synchronized {
      job.start()
      started.wait(60000)
    }
    while (Engine.installed.liveTensors == 0) Thread.sleep(1)
    spark.sparkContext.cancelJobGroup("cancelled")
    job.join(60000)
    spark.sparkContext.removeSparkListener(listener)
    assert(!job.isAlive)
    assert(failure.get.toString.contains("cancelled"))
    assertNothingLeft()
    run(many(1000)) // the executor and its model still serve
  }

  test("memory outside the JVM's own pools does not grow over 20,000 batches") {
    for (_ <- 1 to 3) run(many(64 * 20000)) // JIT compilation settles late
    // A leak grows in every round. The JVM's own memory grows once.
    val grown = (1 to 3).map { _ =>
      val before = nativeMegabytes
      run(many(64 * 20000))
      nativeMegabytes - before
    }
    assert(grown.min <= 20, s"$grown MB over 20,000 batches each")
    assertNothingLeft()
  }

  // Resident memory without the heap and the JVM's other pools, whose size depends on the garbage
  // collector.
  private def nativeMegabytes: Long = {
    System.gc()
    val pages = new String(Files.readAllBytes(Paths.get("/proc/self/statm"))).split(" ")(1).toLong
    val pools = ManagementFactory.getMemoryPoolMXBeans.asScala.map(_.getUsage.getCommitted).sum
    (pages * 4096 - pools) / (1024 * 1024)
  }
}
