package tfpredict.sql

import java.nio.file.{Files, Path}

import org.apache.spark.sql.execution.streaming.MemoryStream

import tfpredict.model.ModelCache
import tfpredict.savedmodel.{Checksums, ExampleFile}
import tfpredict.{
  HostFolder,
  ModelLoadException,
  ModelSpec,
  PredictOptions,
  SparkSuite,
  TestModels,
  Tfpredict
}

/** Versions that come while a session lives. Those of the test model answer 10 apart. */
class LatestModelSuite extends SparkSuite {
  private val answers = Map(1L -> 3.0195961f, 2L -> 13.0195961f)

  /** A folder with version 1 alone. */
  private def first(): Path = {
    val root = Files.createTempDirectory("versions-")
    add(root, "1")
    root
  }

  /** A version that is there all at once, as a careful exporter leaves it. */
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

  /** The versions that answered, each with the right answer. */
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

  test("none is the newest at registration, until a refresh; a number stays") {
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

  test("a refresh that fails leaves the name its version, and a name without a model is an error") {
    val root = first()
    register(root, "kept", latest = false)
    add(root, "2", "versions/2")(damageExamples)
    val refused = intercept[ModelLoadException](Tfpredict.refresh(spark, "kept"))
    assert(refused.getMessage.contains("version 2"))
    assert(refused.getMessage.contains("the examples kept with the model"))
    assert(served("kept") == Set(1))
    val unknown = intercept[IllegalArgumentException](Tfpredict.refresh(spark, "nobody"))
    assert(unknown.getMessage.contains("no model is registered as nobody"))
    assert(unknown.getMessage.contains("kept"))
  }

  test("latest is the newest at the start of each query, and only whole versions count") {
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

  test("a version that fails its trial leaves the one before it serving, until there is another") {
    val root = first()
    register(root, "tried", latest = true)
    add(root, "2", "versions/2")(damageExamples)
    assert(served("tried") == Set(1))
    assert(served("tried") == Set(1))
    add(root, "3")
    assert(served("tried") == Set(3))
  }

  test("a version of other tensors is for new registrations only") {
    val root = first()
    register(root, "typed", latest = true)
    add(root, "2", "images/1")()
    assert(served("typed") == Set(1))
    register(root, "typed", latest = true)
    assert(spark.sql("DESCRIBE FUNCTION typed").count() > 0)
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

  test("an earlier version is closed when the latest takes its place, if nobody uses it") {
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

  test("a stream goes on to a new version between micro-batches, and never within one") {
    val root = first()
    register(root, "streamed", latest = true)
    val session = spark
    import session.implicits._
    implicit val context: org.apache.spark.sql.SQLContext = spark.sqlContext
    val source = MemoryStream[Int](4)
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
