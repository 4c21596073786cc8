package tfpredict.diagnostics

import java.nio.file.Files

import scala.concurrent.duration._

import org.apache.spark.{SPARK_VERSION, SparkConf, TaskContext}

import tfpredict.host.SparkJavas
import tfpredict.{Settings, SparkSuite, TestModels, Tfpredict}

class DoctorSuite extends SparkSuite {
  private def report: HostReport = HostReport(
    "executor 1",
    "17@worker-3",
    "Linux 5.10",
    "x86_64",
    "glibc 2.36",
    "17.0.9",
    "/scratch/tfpredict-spark",
    Some(20L << 30),
    heap = 4L << 30,
    physical = Some(16L << 30),
    outsideHeap = Some(200L << 20),
    outsideHeapLimit = Some(1L << 30),
    "loaded",
    Map("tfpredict" -> "1", "TensorFlow" -> "1.15.0", "Spark" -> "3.5.7", "Scala" -> "2.12.18"),
    Nil
  )

  test("in local mode the driver is the executor, and all is well here") {
    val found = Tfpredict.doctor(spark)
    assert(found.isWell, found)
    val Seq(host) = found.hosts
    assert(host.role == "driver and executor")
    assert(host.natives == "loaded")
    assert(host.arch == "x86_64" && host.libc.startsWith("glibc "))
    assert(host.diskFree.exists(_ > 0) && host.physical.exists(_ > host.heap))
    // May be 0: a young JVM may have reserved more heap than it has touched.
    assert(host.outsideHeap.isDefined && host.outsideHeapLimit.isEmpty)
    assert(host.versions("TensorFlow") == "1.15.0" && host.versions("Spark") == SPARK_VERSION)
    assert(host.host.nonEmpty && !host.host.contains("@"))
  }

  test("the report has all settings, and an unknown one is a problem, not an exception") {
    spark.conf.set("spark.tfpredict.batch.rws", "64")
    spark.conf.set("spark.tfpredict.batch.rows", "64")
    try {
      val found = Tfpredict.doctor(spark)
      assert(found.settings.map(setting => (setting.key, setting.value, setting.isKnown)) == Seq(
        ("spark.tfpredict.batch.rows", "64", true),
        ("spark.tfpredict.batch.rws", "64", false)
      ))
      val Seq(problem) = found.problems
      assert(problem.startsWith("[TFPREDICT_SETTING_UNKNOWN] "))
      assert(problem.contains("Found: spark.tfpredict.batch.rws is set to 64. "))
      assert(problem.contains("Did you mean spark.tfpredict.batch.rows?"))
      assert(!found.isWell)
    } finally for (key <- Seq("rws", "rows")) spark.conf.unset(s"spark.tfpredict.batch.$key")
  }

  test("the report has no password of a URI") {
    val path = "spark.tfpredict.models.m"
    val Seq(found) = Doctor.settingsOf(Map(path -> "s3a://key:secret@bucket/m"))
    assert(found.value == "s3a://key:…@bucket/m")
  }

  test("a model that the configuration names and no query can call is a problem") {
    val linear = TestModels.spec("linear").path
    val models = "spark.tfpredict.models."
    val conf = new SparkConf(false)
      .set(s"${models}fine", linear)
      .set(s"${models}gone", "/no/such/model")
      .set(s"${models}odd", linear)
      .set(s"${models}odd.signature", "other")
      .set(s"${models}unknown", TestModels.spec("unknown_layer").path)
      .set(s"${models}wrong", linear)
      .set(s"${models}wrong.batch", "8")
    val Seq(gone, odd, unknown) = Doctor.unusable(conf, Settings.default)
    assert(gone.startsWith(s"${models}gone cannot be called: [TFPREDICT_MODEL_NOT_FOUND] "))
    assert(odd.startsWith(s"${models}odd cannot be called: [TFPREDICT_SIGNATURE_NOT_FOUND] "))
    assert(odd.contains(s"Model: $linear ") && odd.contains("signature other"))
    assert(unknown.startsWith(s"${models}unknown cannot be called: [TFPREDICT_UNSUPPORTED_OP] "))
  }

  test("problems are sentences with a fix") {
    def problems(changed: HostReport): Seq[String] = HostExam.problems(changed)
    assert(problems(report).isEmpty)
    for ((told, version) <- Seq("1.8.0_402" -> "8", "11.0.2" -> "11", "17" -> "17"))
      assert(problems(report.copy(java = told)).isEmpty == SparkJavas.all.contains(version), told)
    val Seq(java) = problems(report.copy(java = "13.0.1"))
    val able = s"${SparkJavas.line} runs on ${SparkJavas.all.head}, ${SparkJavas.all(1)} or"
    assert(java == s"Java 13.0.1, where $able ${SparkJavas.all.last}: set JAVA_HOME to one")
    assert(SparkJavas.all.forall(able => problems(report.copy(java = s"$able.0.1")).isEmpty))
    val Seq(disk) = problems(report.copy(diskFree = Some(300L << 20)))
    assert(disk.startsWith("300 MB are free for /scratch/tfpredict-spark, where 1024 MB should be"))
    val Seq(memory) = problems(report.copy(physical = Some(4500L << 20)))
    assert(memory.contains("the heap may have 4096 MB and 1024 MB may be outside it"))
    val Seq(tight) = problems(report.copy(outsideHeap = Some(950L << 20)))
    assert(
      tight == "950 MB are in use outside the heap, where there is room for 1024 MB: set more " +
        "spark.executor.memoryOverhead"
    )
    assert(problems(report.copy(diskFree = None, physical = None, outsideHeap = None)).isEmpty)
  }

  test("other versions on executors are reported") {
    val driver = report.copy(role = "driver")
    assert(Doctor.differences(Seq(driver, report)).isEmpty)
    val other = report.copy(role = "executor 2", versions = report.versions + ("tfpredict" -> "2"))
    assert(Doctor.differences(Seq(driver, report, other)) == Seq(
      "tfpredict is 1 on the driver, and executor 2 has 2: give all the same, the jar with --jars"
    ))
  }

  test("an unusable folder is a problem even of a driver, which loads nothing") {
    val file = Files.createTempFile("no-", "folder")
    val settings = Settings.default.copy(diskPath = Some(s"$file/below"))
    val found = HostExam.here("driver", settings, loads = false)
    assert(found.natives == "not needed")
    val Seq(problem) = found.problems
    assert(problem.contains("Not a directory") || problem.contains("FileAlreadyExists"))
    assert(problem.contains("set spark.tfpredict.disk.path"))
    assert(found.diskFree.exists(_ > 0))
  }

  test("busy executors are waited for, and then reported") {
    val sc = spark.sparkContext
    val busy = sc.parallelize(1 to 2, 2).foreachAsync { _ =>
      for (_ <- 1 to 200 if !TaskContext.get().isInterrupted()) Thread.sleep(100)
    }
    while (sc.statusTracker.getActiveStageIds().isEmpty) Thread.sleep(20)
    val (reached, missing) = Doctor.reach(sc, Settings.default, 1.second)
    assert(reached.isEmpty)
    assert(missing.exists(_.startsWith("0 of 1 executors answered within 1 s: see in Spark's UI")))
    busy.cancel()
    while (sc.statusTracker.getExecutorInfos.exists(_.numRunningTasks > 0)) Thread.sleep(20)
  }
}
