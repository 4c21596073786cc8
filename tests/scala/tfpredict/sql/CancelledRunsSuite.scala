package tfpredict.sql

import scala.util.Try

import org.scalatest.BeforeAndAfterEach

import tfpredict.engine.Engine
import tfpredict.model.ModelCache
import tfpredict.rdd.RddPredictor
import tfpredict.{
  Background,
  LoopModels,
  MemoryStreams,
  ProcessorTime,
  SparkSuite,
  TestModels,
  Tfpredict
}

/** Cancels queries whose model would loop forever. */
class CancelledRunsSuite extends SparkSuite with BeforeAndAfterEach {

  // Jobs of a failed test would block the slots of the next one.
  override protected def afterEach(): Unit = {
    spark.streams.active.foreach(_.stop())
    spark.sparkContext.cancelAllJobs()
    super.afterEach()
  }

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    Tfpredict.register(spark, TestModels.spec("linear"), "linear")
    (LoopModels.All ++ LoopModels.Endless).foreach { case (kind, model) =>
      Tfpredict.register(spark, model(), kind)
    }
  }

  // As many tasks as slots. Each keeps a core busy.
  private def endless(kind: String): String =
    s"SELECT $kind(CAST('infinity' AS FLOAT) + id) AS y FROM range(0, 4, 1, 2)"

  private def eventually(what: String, seconds: Int)(holds: => Boolean): Unit = {
    val end = System.nanoTime + seconds * 1000000000L
    while (!holds && System.nanoTime < end) Thread.sleep(20)
    assert(holds, what)
  }

  // Waits until both tasks are in the runtime, each with its rows and the number of its slot.
  private def running(): Unit = {
    eventually("nothing runs", 60)(Engine.installed.liveTensors >= 4)
    val before = ProcessorTime.seconds
    eventually("the model does not loop", 60)(ProcessorTime.seconds - before > 1)
  }

  private def assertEnded(): Unit = {
    val began = System.nanoTime
    assert(spark.sql("SELECT linear(array(1f, 2f)) AS y").head().getFloat(0) > 0)
    assert((System.nanoTime - began) / 1e9 < 20, "another query waits")
    eventually(
      "a run goes on",
      10
    )(Engine.installed.liveTensors == 0 && ModelCache.shared.users == 0)
    Thread.sleep(500)
    ProcessorTime.assertIdle()
  }

  /**
   * Runs a job in a group, cancels the group once `isUnderWay` returns, and checks that nothing is
   * left.
   */
  private def cancelled(group: String, interrupts: Boolean, isUnderWay: => Unit = running())(
      job: => Any
  ): Unit = {
    val query = Background {
      spark.sparkContext.setJobGroup(group, "", interrupts)
      Try(job).failed.get
    }
    isUnderWay
    spark.sparkContext.cancelJobGroup(group)
    assert(query.await().toString.contains("cancelled"))
    assertEnded()
  }

  for {
    (kind, _) <- LoopModels.All ++ LoopModels.Endless
    interrupts <- Seq(false, true)
  } test(s"$kind: a cancelled query ends, with interruptOnCancel = $interrupts") {
    cancelled(s"$kind-$interrupts", interrupts)(spark.sql(endless(kind)).collect())
  }

  test("a batch that runs in another thread than its task's ends too") {
    // Batches that end leave the runtime in between.
    def looping(): Unit = eventually("nothing loops", 60) {
      (1 to 60).forall { _ =>
        Thread.sleep(50)
        Engine.installed.liveTensors >= 4
      }
    }
    // Reading ahead starts after a batch of full size.
    cancelled("ahead", interrupts = true, looping()) {
      spark.sql(
        "SELECT frames(IF(id % 100000 < 50000, 3f, CAST('infinity' AS FLOAT))) AS y " +
          "FROM range(0, 200000, 1, 2)"
      ).write.format("noop").mode("overwrite").save()
    }
  }

  test("a call that is evaluated row by row ends") {
    cancelled("single", interrupts = true) {
      spark.sql(
        "SELECT array_sort(array(1f, 2f), (a, b) -> " +
          "CAST(functions(a + b + CAST('infinity' AS FLOAT)) AS INT)) FROM range(0, 4, 1, 2)"
      ).collect()
    }
  }

  test("an RDD's job ends") {
    val predictor = new RddPredictor(LoopModels.ofFrames(isEndless = false))
    cancelled("rdd", interrupts = false) {
      val rows = spark.sparkContext.parallelize(Seq.fill(4)(Array(Float.PositiveInfinity)), 2)
      predictor.predict(rows).collect()
    }
  }

  test("a stream that is stopped ends") {
    val session = spark
    import session.implicits._
    val source = MemoryStreams.of[Float](spark)
    val query = source
      .toDF()
      .repartition(2)
      .selectExpr("functions(value) AS y")
      .writeStream
      .format("noop")
      .start()
    source.addData(Seq.fill(8)(Float.PositiveInfinity))
    running()
    val began = System.nanoTime
    query.stop()
    assert((System.nanoTime - began) / 1e9 < 20)
    assertEnded()
  }
}
