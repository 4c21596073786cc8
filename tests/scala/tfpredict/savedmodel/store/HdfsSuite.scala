package tfpredict.savedmodel.store

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.apache.spark.SparkException
import org.apache.spark.sql.{DataFrame, Row}

import tfpredict.host.HostFolder
import tfpredict.model.ModelCache
import tfpredict.{
  Background,
  Findings,
  Gate,
  ModelLoadException,
  ModelNotFoundException,
  ModelSpec,
  PredictOptions,
  RegisteredModel,
  Settings,
  SparkSuite,
  TestModels,
  Tfpredict
}

/**
 * Models on an HDFS whose name node stops and restarts, and whose files change. The measured times
 * go to `target/hdfs.json`.
 */
class HdfsSuite extends SparkSuite {
  private val disk = Files.createTempDirectory("hdfs-disk-")
  private lazy val hdfs = Hdfs.temporary()
  private val findings = mutable.ListBuffer.empty[Map[String, String]]
  private val linear = TestModels.made.resolve("linear/1")

  override protected def settings: Map[String, String] =
    Map("spark.tfpredict.disk.path" -> disk.toString) ++
      Hdfs.Client.map { case (key, value) => s"spark.hadoop.$key" -> value }

  override protected def beforeAll(): Unit = {
    super.beforeAll()
    hdfs.makeFolder("/models")
    Gate.register(spark)
    spark.range(0, 400, 1, 8).createOrReplaceTempView("t")
  }

  override protected def afterAll(): Unit =
    try super.afterAll()
    finally {
      ModelCache.shared.clear()
      hdfs.close()
      Findings.write("hdfs", findings)
    }

  private def tell(fault: String, expected: String, found: String): Unit =
    findings += Map("fault" -> fault, "expected" -> expected, "found" -> found)

  private def seconds(nanos: Long): String = f"${nanos / 1e9}%.0f s"

  private def register(name: String, version: Option[Long] = None): RegisteredModel =
    Tfpredict.register(
      spark,
      ModelSpec(hdfs.uri(s"/models/$name"), version),
      name,
      PredictOptions(modelVersion = true)
    )

  private def query(name: String, at: Long = -1): DataFrame = spark.sql(
    s"SELECT id, y.value, y.model_version FROM (SELECT id, $name(array(gate(id, $at), 1)) AS y FROM t)"
  )

  private def assertRight(rows: Array[Row], version: Long): Unit = {
    assert(rows.map(_.getLong(0)).sorted.toSeq == (0L until 400L))
    assert(rows.forall(_.getLong(2) == version))
    assertClose(
      rows.map(row => Array(row.getFloat(1))),
      rows.map(row => Array(Weight * row.getLong(0) + Rest))
    )
  }

  // Of the model `linear`, with 1 as its second input.
  private val Weight = 1.9978589f
  private val Rest = 3.0809885f - 1.0296257f

  private def models: Path =
    disk.resolve(s"tfpredict-${System.getProperty("user.name")}").resolve("models")

  private def fetched(name: String): Seq[String] = children(models).filter(_.startsWith(name))

  private def children(folder: Path): Seq[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).filterNot(_.endsWith(".lock")).toList
    finally listed.close()
  }

  // Makes this host forget all models, in memory and on disk.
  private def forget(): Unit = {
    ModelCache.shared.clear()
    if (Files.isDirectory(models)) HostFolder.clear(models)
  }

  private def loads(name: String): Int =
    ModelCache.shared.loads.collect { case (key, count) if key.path.endsWith(name) => count }.sum

  private def awaitIncoming(): Unit = {
    val deadline = System.nanoTime + 30000000000L
    while (!children(models).exists(_.startsWith(".incoming")) && System.nanoTime < deadline)
      Thread.sleep(10)
    assert(System.nanoTime < deadline)
  }

  private def assertNoLeftovers(): Unit =
    assert(children(models).filter(_.startsWith(".incoming")).isEmpty)

  test("a model is fetched once and runs") {
    hdfs.put(linear, "/models/plain/1")
    assert(register("plain").spec.version.contains(1L))
    // The driver reads the model, but does not fetch it.
    assert(!Files.exists(models))
    assertRight(query("plain").collect(), 1)
    assertRight(query("plain").collect(), 1)
    assert(loads("plain") == 1)
    assert(fetched("plain").map(_.take(8)) == Seq("plain-1-"))
    // The local files equal those on the HDFS, including their times.
    val here = ModelFolder.local(models.resolve(fetched("plain").head))
    val there = ModelFolder.at(hdfs.uri("/models/plain/1"), spark.sparkContext.hadoopConfiguration)
    assert(here.files == there.files)
    assertNoLeftovers()
  }

  test("a version that is replaced with names, lengths and times kept is noticed") {
    hdfs.makeFolder("/models/retrained")
    hdfs.put(TestModels.made.resolve("versions/1"), "/models/retrained/1")
    val seen = new SeenVersions
    val spec = ModelSpec(hdfs.uri("/models/retrained"), latest = true)
    val settings = Settings.from(spark.sparkContext)
    val first = seen.newest(spec, settings)
    def files = ModelFolder.at(hdfs.uri("/models/retrained/1"), settings.hadoop.configuration).files
    val before = files
    for (name <- Seq("variables.index", "variables.data-00000-of-00001"))
      hdfs.replace(
        TestModels.made.resolve(s"versions/2/variables/$name"),
        s"/models/retrained/1/variables/$name"
      )
    assert(files == before)
    assert(seen.newest(spec, settings).fingerprint != first.fingerprint)
  }

  test("versions that are being copied are skipped, and a complete one is used") {
    hdfs.put(linear, "/models/copied/1")
    // Like `hdfs dfs -put`, which uses another name until the copy is complete.
    hdfs.put(linear, "/models/copied/2")
    hdfs.rename("/models/copied/2/saved_model.pb", "/models/copied/2/saved_model.pb._COPYING_")
    hdfs.put(linear, "/models/copied/3")
    val shard = "variables/variables.data-00000-of-00001"
    hdfs.rename(s"/models/copied/3/$shard", s"/models/copied/3/$shard._COPYING_")
    // Like a client that writes in place: the file exists, but has no length yet.
    hdfs.put(linear, "/models/copied/4")
    hdfs.delete("/models/copied/4/saved_model.pb")
    val open = hdfs.begin("/models/copied/4/saved_model.pb", Array.empty[Byte])
    hdfs.put(linear, "/models/copied/5")
    hdfs.delete(s"/models/copied/5/$shard")
    val short = hdfs.begin(s"/models/copied/5/$shard", Array[Byte](1, 2, 3))
    hdfs.makeFolder("/models/copied/_temporary")
    try assert(register("copied").spec.version.contains(1L))
    finally Seq(open, short).foreach(_.close())

    hdfs.rename("/models/copied/2/saved_model.pb._COPYING_", "/models/copied/2/saved_model.pb")
    assertRight(query("copied").collect(), 1)
    Seq(4, 5).foreach(version => hdfs.delete(s"/models/copied/$version"))
    assert(register("copied").spec.version.contains(2L))
    assertRight(query("copied").collect(), 2)
  }

  test("a job ends with the version it began with, even if it was deleted or replaced") {
    hdfs.put(linear, "/models/replaced/1")
    register("replaced")
    val before = loads("replaced")
    val rows = Gate.during(query("replaced", at = 60).collect()) {
      hdfs.put(linear, "/models/replaced/2")
      hdfs.delete("/models/replaced/1")
      /* A model in use stays. The tasks behind the gate load it again from this host's disk. */
      ModelCache.shared.clear()
    }
    assertRight(rows, 1)
    assert(loads("replaced") > before + 1)
    tell(
      "a model's folder on HDFS deleted in mid-job, and the next version put beside it",
      "the job ends on the version it began with",
      s"${rows.length} rows, all right and of version ${rows.map(_.getLong(2)).distinct.mkString(", ")}"
    )
    assert(register("replaced").spec.version.contains(2L))
    assertRight(query("replaced").collect(), 2)
  }

  test("a version that is deleted before a host has it is an error at once") {
    hdfs.put(linear, "/models/gone/1")
    register("gone")
    forget()
    hdfs.delete("/models/gone")
    val started = System.nanoTime
    val failed = causeOf[ModelLoadException](intercept[Exception](query("gone").collect()))
    assert(failed.model.contains("/models/gone (version 1"))
    assert(failed.expected.startsWith("the files that the driver saw"))
    assert(failed.found.contains("/models/gone/1") && failed.found.endsWith("missing"))
    assert(failed.fix.contains("register again"))
    assert((System.nanoTime - started) / 1e9 < 5)
    assertNoLeftovers()
  }

  test("a name node that stops in mid-job does not affect hosts that have the model") {
    hdfs.put(linear, "/models/kept/1")
    register("kept")
    val rows = Gate.during(query("kept", at = 60).collect()) {
      hdfs.stop()
      ModelCache.shared.clear()
    }
    assertRight(rows, 1)
    hdfs.start()
  }

  test("a name node that comes back is waited for") {
    hdfs.put(linear, "/models/waited/1")
    register("waited")
    forget()
    hdfs.stop()
    val started = System.nanoTime
    val running = Background(query("waited").collect())
    awaitIncoming()
    hdfs.start()
    val rows = running.await()
    val took = System.nanoTime - started
    assertRight(rows, 1)
    assert(loads("waited") == 1)
    assertNoLeftovers()
    tell(
      "HDFS stopped and started in mid-job",
      "bounded retry, then success",
      s"${rows.length} rows after ${seconds(took)}, all right; 1 load, 0 leftover folders"
    )
  }

  test("a query that is cancelled while it waits ends, and another one continues") {
    hdfs.put(linear, "/models/shared/1")
    register("shared")
    forget()
    hdfs.stop()
    val cancelled = Background {
      spark.sparkContext.setJobGroup("impatient", "")
      intercept[SparkException](query("shared").limit(1).collect())
    }
    awaitIncoming()
    val patient = Background(query("shared").collect())
    spark.sparkContext.cancelJobGroup("impatient")
    assert(cancelled.await().getMessage.contains("cancelled"))
    hdfs.start()
    assertRight(patient.await(), 1)
    assertNoLeftovers()
  }

  test("a name node that stays down is an error within half a minute") {
    hdfs.put(linear, "/models/down/1")
    register("down")
    forget()
    hdfs.stop()
    try {
      val started = System.nanoTime
      val failed = causeOf[ModelNotFoundException](intercept[Exception](query("down").collect()))
      val took = System.nanoTime - started
      assert(took / 1e9 > Attempts.Waits.sum && took / 1e9 < 30)
      assert(failed.model.contains("/models/down (version 1"))
      assert(failed.expected == "a file system that answers")
      assert(failed.found.contains("Connection refused"))
      assert(failed.fix.contains("Check that it is up"))
      val asked = intercept[ModelNotFoundException](register("down"))
      assert(asked.expected == "a file system that answers")
      // A task of the failed job that has just begun to wait notices that it was killed.
      val deadline = System.nanoTime + 2000000000L
      while (children(models).exists(_.startsWith(".incoming")) && System.nanoTime < deadline)
        Thread.sleep(100)
      assertNoLeftovers()
      tell(
        "HDFS stopped, and not started again",
        "bounded retry, then a clear failure",
        s"`${failed.getClass.getSimpleName}` after ${seconds(took)}: ${failed.errorClass}, expected ${failed.expected}"
      )
    } finally hdfs.start()
    assertRight(query("down").collect(), 1)
  }
}
