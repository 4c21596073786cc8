package tfpredict.versions

import java.nio.file.{Files, Path}
import java.util.concurrent.atomic.AtomicInteger

import org.apache.spark.scheduler.{SparkListener, SparkListenerJobStart}
import org.apache.spark.sql.Row
import org.apache.spark.sql.execution.ExtendedMode

import tfpredict.host.HostFolder
import tfpredict.model.{ModelCache, ModelDescription}
import tfpredict.savedmodel.adapt.{DeadlyModel, ExampleFile}
import tfpredict.savedmodel.store.{Checksums, ModelStore}
import tfpredict.{
  MemoryStreams,
  ModelLoadException,
  ModelSpec,
  PredictOptions,
  Settings,
  SignatureException,
  SparkSuite,
  TestModels,
  Tfpredict
}

/** New versions during a session. The results of the test model's versions differ by 10. */
class LatestModelSuite extends SparkSuite {
  override protected def settings: Map[String, String] =
    Map("spark.tfpredict.ops.allowed" -> DeadlyModel.Op)

  private val answers = Map(1L -> 3.0195961f, 2L -> 13.0195961f)

  /** A folder with version 1 only. */
  private def first(): Path = {
    val root = Files.createTempDirectory("versions-")
    add(root, "1")
    root
  }

  /** Adds a version by one rename, as a careful exporter does. */
  private def add(root: Path, as: String, of: String)(
      change: Path => Unit = _ => ()
  ): Unit = {
    val coming = root.resolve(s".coming-$as")
    TestModels.copyInto(TestModels.made.resolve(if (as == "1") "versions/1" else of), coming)
    change(coming)
    Files.move(coming, root.resolve(as))
  }

  private def add(root: Path, as: String): Unit = add(root, as, "versions/2")()

  private def damageExamples(version: Path): Unit = {
    Files.delete(version.resolve(Checksums.Name))
    val file = version.resolve(ExampleFile.Name)
    val bytes = Files.readAllBytes(file)
    bytes(bytes.length - 2) = (bytes(bytes.length - 2) ^ 0x7f).toByte
    Files.write(file, bytes)
  }

  private def register(root: Path, name: String, latest: Boolean, version: Option[Long] = None) =
    Tfpredict.register(
      spark,
      ModelSpec(root.toString, version, latest = latest),
      name,
      PredictOptions(modelVersion = true)
    )

  /** The versions that served. Checks each result. */
  private def served(name: String): Set[Long] = {
    val rows = spark
      .sql(
        s"SELECT p.value, p.model_version FROM (SELECT $name(array(1, 2 + 0 * id)) p FROM range(0, 8, 1, 4))"
      )
      .collect()
    rows.map { row =>
      assert(math.abs(row.getFloat(0) - answers(if (row.getLong(1) == 1) 1 else 2)) < 1e-4)
      row.getLong(1)
    }.toSet
  }

  test("no version means the newest at registration, until a refresh; a number stays") {
    val root = first()
    register(root, "pinned", latest = false)
    register(root, "numbered", latest = false, Some(1))
    add(root, "2")
    assert(served("pinned") == Set(1))
    assert(Tfpredict.refresh(spark, "pinned").spec.version.contains(2))
    assert(served("pinned") == Set(2))
    assert(Tfpredict.refresh(spark, "numbered").spec.version.contains(1))
    assert(served("numbered") == Set(1))
  }

  test("a failed refresh keeps the version, and a name without a model is an error") {
    val root = first()
    register(root, "kept", latest = false)
    add(root, "2", "versions/2")(damageExamples)
    val refused = intercept[ModelLoadException](Tfpredict.refresh(spark, "kept"))
    assert(refused.getMessage.contains("version 2"))
    assert(refused.getMessage.contains("the examples kept with the model"))
    assert(refused.errorClass == "TFPREDICT_TRIAL_FAILED")
    assert(refused.found.endsWith("(TFPREDICT_EXAMPLES_DIFFER)"))
    assert(served("kept") == Set(1))
    val unknown = intercept[IllegalArgumentException](Tfpredict.refresh(spark, "nobody"))
    assert(unknown.getMessage.contains(
      "[TFPREDICT_FUNCTION_NOT_FOUND] No model is registered by this name. "
    ))
    assert(unknown.getMessage.contains("kept"))
  }

  test("latest is the newest at the start of each query, and only complete versions count") {
    val root = first()
    register(root, "latest", latest = true)
    assert(served("latest") == Set(1))
    add(root, "2")
    Files.createDirectories(root.resolve("tmp"))
    add(root, "3", "versions/2")(half => Files.delete(half.resolve("variables/variables.index")))
    assert(served("latest") == Set(2))
    HostFolder.delete(root.resolve("2"))
    assert(served("latest") == Set(1))
  }

  test("a version that fails its trial is skipped, until there is another") {
    val root = first()
    register(root, "tried", latest = true)
    add(root, "2", "versions/2")(damageExamples)
    assert(served("tried") == Set(1))
    assert(served("tried") == Set(1))
    add(root, "3")
    assert(served("tried") == Set(3))
  }

  test("a version with other tensors is refused, unless its name is registered again") {
    val root = first()
    register(root, "old", latest = true)
    register(root, "typed", latest = true)
    val kept = spark.sql("SELECT typed(array(1, 2 + 0 * id)).value AS y FROM range(3)")
    add(root, "2", "typed_float32/1")()
    assert(served("old") == Set(1) && served("typed") == Set(1))
    register(root, "typed", latest = true)
    val row = spark.sql(
      "SELECT typed(array(1f, 2f, 3f, 4f)).value.same, old(array(1, 2 + 0 * id)).model_version FROM range(1)"
    ).head()
    assert(row.getSeq[Seq[Float]](0) == Seq(Seq(1f, 2f), Seq(3f, 4f)) && row.getLong(1) == 1)
    // An analyzed query keeps the old version's types and results.
    assert(kept.collect().forall(found => math.abs(found.getFloat(0) - answers(1)) < 1e-4))
    // From here on, each name follows versions with its own tensors.
    add(root, "3")
    assert(served("old") == Set(3))
    assert(spark.sql("SELECT typed(array(1f, 2f, 3f, 4f)).model_version").head().getLong(0) == 2)
  }

  test("a version of other tensors is told with both versions' tensors") {
    val linear = ModelDescription.of(TestModels.spec("linear"))
    LatestModel.fit(linear, linear)
    val refused = intercept[SignatureException](
      LatestModel.fit(linear, ModelDescription.of(TestModels.spec("two_inputs")))
    )
    assert(refused.errorClass == "TFPREDICT_TENSORS_CHANGED")
    assert(refused.expected.endsWith("version: inputs float32[?, 2], outputs float32[?, 1]"))
    assert(refused.found.startsWith("a float32[?, 2], b float32[?, 1]"))
  }

  test("a query that is only explained runs no job, and shows the current version") {
    val root = first()
    register(root, "shown", latest = true)
    val query = "SELECT shown(array(1, 2 + 0 * id)).value AS y FROM range(8)"
    add(root, "2")
    val started = new AtomicInteger
    val listener = new SparkListener {
      override def onJobStart(job: SparkListenerJobStart): Unit = { started.incrementAndGet(); () }
    }
    spark.sparkContext.addSparkListener(listener)
    try {
      val text = spark.sql(s"EXPLAIN $query").head().getString(0)
      assert(text.contains("version 1"))
      val shown = spark.sql(query)
      assert(shown.queryExecution.explainString(ExtendedMode).contains("version 1"))
      assert(spark.sql(query).queryExecution.toString.contains("version 1"))
      // Waits for jobs that start late.
      Thread.sleep(500)
      assert(started.get == 0)
    } finally spark.sparkContext.removeSparkListener(listener)
    assert(served("shown") == Set(2))
    assert(spark.sql(s"EXPLAIN $query").head().getString(0).contains("version 2"))
  }

  test("a query waits for a trial for a while, and then runs the current version") {
    val root = first()
    val settings = Settings.from(spark.sparkContext)
    val spec = ModelSpec(root.toString, latest = true)
    val model = new LatestModel(ModelDescription.of(spec, settings), settings, patience = 0)
    def decide(): Option[Long] = model
      .decide(spark.sparkContext, ModelStore.resolve(spec, settings), mayTry = true)
      .spec
      .version
    add(root, "2")
    assert(decide().contains(1L))
    val deadline = System.nanoTime + 60000000000L
    while (!decide().contains(2L) && System.nanoTime < deadline) Thread.sleep(50)
    assert(decide().contains(2L))
    // A version that has served needs no other trial.
    HostFolder.delete(root.resolve("2"))
    assert(decide().contains(1L))
  }

  test("a trial with an unexpected failure keeps the old version, and is not repeated") {
    val root = first()
    val spec = ModelSpec(root.toString, latest = true)
    // An invalid path makes the task fail with an exception of another class.
    val settings = Settings.from(spark.sparkContext).copy(diskPath = Some("\u0000"))
    val model = new LatestModel(ModelDescription.of(spec, settings), settings)
    val looked = new AtomicInteger
    def decide(find: => ModelSpec): Option[Long] = {
      val before = jobs
      val found = model.decide(spark.sparkContext, find, mayTry = true).spec.version
      looked.addAndGet(jobs - before)
      found
    }
    add(root, "2")
    for (_ <- 1 to 3) assert(decide(ModelStore.resolve(spec, settings)).contains(1L))
    assert(looked.get == 1)
    // A registration allows another trial.
    model.forget(spark.sparkContext)
    assert(decide(ModelStore.resolve(spec, settings)).contains(1L))
    assert(looked.get == 2)
    assert(decide(throw new IllegalStateException("a client's own")).contains(1L))
  }

  /** Number of jobs so far, of trials and queries. */
  private def jobs: Int = spark.sparkContext.statusTracker.getJobIdsForGroup(null).length

  test("a version that crashes its process costs no executor, and is tried once") {
    val root = first()
    register(root, "deadly", latest = true)
    add(root, "2", "versions/2")(DeadlyModel.make)
    val before = jobs
    assert(served("deadly") == Set(1))
    assert(jobs - before == 2)
    assert(served("deadly") == Set(1))
    assert(jobs - before == 3)
    val refused = intercept[ModelLoadException](Tfpredict.refresh(spark, "deadly"))
    assert(refused.found.contains("it exited with status"))
    assert(served("deadly") == Set(1))
    add(root, "3")
    assert(served("deadly") == Set(3))
  }

  test("a cached result keeps its version, and serves no query that is written later") {
    val root = first()
    register(root, "cached", latest = true)
    val query = "SELECT cached(array(1, 2 + 0 * id)).value AS y FROM range(4)"
    val more = "SELECT cached(array(1, 2 + 0 * id)).value + 0 AS y FROM range(4)"
    // In ANSI mode, a sum with an integer is a double.
    def number(row: Row) = row.get(0).asInstanceOf[Number].floatValue
    def found(text: String) = spark.sql(text).collect().map(number(_)).toSet
    val kept = spark.sql(query).cache()
    val view = "kept_view"
    kept.createOrReplaceTempView(view)
    try {
      assert(kept.collect().map(number(_)).toSet == found(query))
      val plan = spark.sql(query).queryExecution.optimizedPlan.toString
      assert(plan.contains("InMemoryRelation"))
      spark.sql(s"CACHE TABLE kept_text AS $more")
      assert(found("SELECT y FROM kept_text").forall(y => math.abs(y - answers(1)) < 1e-4))
      add(root, "2")
      // Either order is possible.
      assert(found(query) == found(more))
      assert(found(query).forall(y => math.abs(y - answers(2)) < 1e-4))
      assert(found("SELECT y FROM kept_text") == found(query))
      // Cached results never change.
      val old = Seq(kept.collect(), kept.selectExpr("y + 0").collect())
        .flatMap(_.map(number(_))) ++ found(s"SELECT y FROM $view")
      assert(old.forall(y => math.abs(y - answers(1)) < 1e-4))
    } finally spark.catalog.clearCache()
  }

  test("all calls of a query run one version, those in subqueries too") {
    val root = first()
    register(root, "one", latest = true)
    register(root, "other", latest = true)
    add(root, "2")
    val plan = spark.sql(
      "SELECT one(array(1, id)).model_version, (SELECT max(other(array(id, 1)).model_version) FROM range(3)) " +
        "FROM range(2) WHERE one(array(id, 2)).value > (SELECT min(one(array(id, 3)).value) FROM range(3)) - 1e6"
    )
    assert(plan.collect().toSeq.flatMap(_.toSeq).toSet == Set(2L))
  }

  test("an earlier version is closed when the latest replaces it, if nobody uses it") {
    val root = first()
    register(root, "closing", latest = true)
    served("closing")
    val before = ModelCache.shared.loaded.count(_.path == root.toString)
    add(root, "2")
    served("closing")
    val after = ModelCache.shared.loaded.filter(_.path == root.toString)
    assert(before == 1)
    assert(after.map(_.version) == Seq(Some(2)))
  }

  test("a stream moves to a new version between micro-batches, and never within one") {
    val root = first()
    register(root, "streamed", latest = true)
    val session = spark
    import session.implicits._
    val source = MemoryStreams.of[Int](spark, 4)
    var seen = Vector.empty[Set[Long]]
    val query = source
      .toDF()
      .selectExpr("streamed(array(value, 1)).model_version AS version")
      .writeStream
      .foreachBatch { (rows: org.apache.spark.sql.DataFrame, _: Long) =>
        seen :+= rows.collect().map(_.getLong(0)).toSet
      }
      .start()
    def batch(): Unit = {
      source.addData(1 to 100)
      query.processAllAvailable()
    }
    try {
      batch()
      add(root, "2")
      batch()
      add(root, "3", "versions/2")(damageExamples)
      batch()
      add(root, "4")
      batch()
    } finally query.stop()
    assert(seen == Vector(Set(1L), Set(2L), Set(2L), Set(4L)))
  }
}
