package tfpredict

import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import org.apache.spark.SparkException
import org.apache.spark.sql.AnalysisException

import tfpredict.host.{HostFolder, OddDisk}
import tfpredict.model.ModelCache
import tfpredict.savedmodel.store.ElsewhereFileSystem
import tfpredict.sql.{PredictFunction, RegisteredFunctions}

/** Every fault of a user, a model, a file system or a disk that can affect a query. */
class InjectionsSuite extends InjectionSuite {
  private val shard = "1/variables/variables.data-00000-of-00001"

  override protected def settings: Map[String, String] = Map(
    "spark.hadoop.fs.elsewhere.impl" -> classOf[ElsewhereFileSystem].getName,
    "spark.hadoop.fs.elsewhere.impl.disable.cache" -> "true"
  )

  // Data.

  answers("a row that is null", "a null result for that row") {
    val found = spark.sql("SELECT good(f) FROM VALUES (array(1, 2)), (null) AS t(f)").collect()
    assert(found.map(_.isNullAt(0)).toSeq == Seq(false, true))
  }

  refused[InputException]("a null in a row", "an array without nulls", "a null at index 1") {
    only("SELECT good(array(id, CAST(NULL AS INT))) FROM range(1)")
  }

  refused[InputException]("a row of the wrong length", "length 2", "length 3, in row") {
    only("SELECT good(array(id, 2, 3)) FROM range(1)")
  }

  answers("NaN and infinities", "they pass through as they are") {
    register(TestModels.spec("typed_float32"))
    val all = Seq("NaN", "Infinity", "-Infinity").map(value => s"CAST('$value' AS FLOAT)")
    val query = s"SELECT f(array(${all.mkString(", ")}, 1f)).same FROM range(1)"
    assert(only(query).toString.contains("NaN, Infinity"))
    assert(only("SELECT isnan(good(array(CAST('NaN' AS FLOAT), 1f)))") == true)
  }

  answers("partitions without rows", "the others' rows") {
    val rows = spark.range(0, 3, 1, 3).repartition(16).selectExpr("good(array(id, id)) AS y")
    assert(rows.collect().length == 3)
  }

  answers("a table without rows", "no rows, of the right type") {
    val rows = spark.range(0).selectExpr("good(array(id, id)) AS y")
    assert(rows.collect().isEmpty && rows.schema.head.dataType.typeName == "float")
  }

  answers("rows of many lengths, where a model takes any", "each length is a batch of its own") {
    register(TestModels.spec("ragged"))
    val query = "SELECT count(*) FROM range(100) WHERE f(sequence(0, id % 7)).total = " +
      "aggregate(sequence(0, id % 7), 0L, (a, b) -> a + b)"
    assert(only(query) == 100L)
  }

  refused[InputException]("a row that is ragged itself", "length 2 at depth 3", "length 1") {
    register(TestModels.spec("images"))
    only("SELECT f(transform(sequence(0, 3), i -> transform(sequence(0, 2), j -> " +
      "sequence(0, j)))) FROM range(1)")
  }

  refusedBySpark[AnalysisException](
    "a column of the wrong type",
    "linear (version 1",
    "Found: string"
  ) {
    register(TestModels.spec("linear"), "good")
    only("SELECT good('text')")
  }

  refusedBySpark[AnalysisException]("a column that is not there", "no_such_column") {
    only("SELECT good(no_such_column) FROM range(1)")
  }

  answers("a batch of all rows", "cut where it has spark.tfpredict.batch.bytes") {
    val options = PredictOptions(batchRows = Some(Int.MaxValue))
    Tfpredict.register(spark, TestModels.spec("linear"), "f", options)
    assert(only("SELECT count(f(array(id, id))) FROM range(0, 500000, 1, 2)") == 500000L)
  }

  // Models.

  refused[ModelNotFoundException]("a version that is not there", "a complete model in", "no such") {
    register(TestModels.spec("linear").copy(version = Some(7)))
  }

  answers("temporary folders, and names that are no numbers", "they are skipped") {
    val spec = damaged("linear") { root =>
      Seq("_temporary", ".2-part", "3.bak", "04", "v5").foreach { name =>
        Files.createDirectory(root.resolve(name))
      }
    }
    assert(Tfpredict.register(spark, spec, "f").spec.version.contains(1L))
  }

  private val halves = Seq[(String, Path => Any)](
    "its graph" -> (version => Files.delete(version.resolve("saved_model.pb"))),
    "a shard" -> (version => Files.delete(version.resolve(shard.drop(2)))),
    "the end of a shard" -> (version => cut(version.resolve(shard.drop(2))))
  )

  private def cut(file: Path): Path =
    Files.write(file, Files.readAllBytes(file).dropRight(10))

  answers("half-copied versions", "they are skipped, and the newest complete one serves") {
    val spec = damaged("linear") { root =>
      for (((_, damage), version) <- halves.zip(Seq("2", "3", "4"))) {
        TestModels.copyInto(root.resolve("1"), root.resolve(version))
        damage(root.resolve(version))
      }
    }
    assert(Tfpredict.register(spark, spec, "f").spec.version.contains(1L))
  }

  refused[ModelNotFoundException]("half-copied: no graph", "a complete model", "no saved_model.pb") {
    register(damaged("linear")(root => halves.head._2(root.resolve("1"))).copy(version = Some(1)))
  }

  refused[ModelNotFoundException]("half-copied: no shard", "a complete model", "without a shard") {
    register(damaged("linear")(root => halves(1)._2(root.resolve("1"))).copy(version = Some(1)))
  }

  refused[ModelLoadException]("half-copied: a short shard", "bytes in", "") {
    register(damaged("linear")(root => halves(2)._2(root.resolve("1"))))
  }

  refused[ModelLoadException]("a graph that was cut off", "a complete saved_model.pb", "a damaged") {
    register(damaged("linear")(root => cut(root.resolve("1/saved_model.pb"))))
  }

  refused[ModelLoadException]("a byte of a shard that was turned", "", "") {
    register(damaged("linear") { root =>
      val bytes = Files.readAllBytes(root.resolve(shard))
      // In the first tensor, which the model needs. The end of the file is Keras' own copy.
      bytes(0) = (bytes(0) ^ 1).toByte
      Files.write(root.resolve(shard), bytes)
    })
    only("SELECT f(array(id, 2)) FROM range(1)")
  }

  refused[ModelLoadException]("a file that is not as it was exported", "checksum", "") {
    register(damaged("linear", isBare = false) { root =>
      val graph = root.resolve("1/saved_model.pb")
      Files.write(graph, Files.readAllBytes(graph).reverse)
    })
  }

  refused[UnsupportedModelException]("an op that the runtime lacks", "", "Spence") {
    register(TestModels.spec("newer"))
  }

  refused[UnsupportedModelException]("a model that reads files", "", "ReadFile") {
    register(TestModels.spec("reads").copy(signature = "read"))
  }

  refused[SignatureException]("a signature that is not there", "called other", "serving_default") {
    register(TestModels.spec("linear").copy(signature = "other"))
  }

  answers("64 tasks of 8 queries at once on a new model", "it is loaded once") {
    val spec = damaged("linear")(identity)
    register(spec)
    val query = "SELECT sum(f(array(id, 1))) FROM range(0, 6400, 1, 64)"
    val sums = (1 to 8).map(_ => Background(only(query))).map(_.await())
    assert(sums.distinct.size == 1)
    val loads = ModelCache.shared.loads.filterKeys(_.path == spec.path)
    assert(loads.values.toSeq == Seq(1))
  }

  // Changes while a query runs.

  answers("a version replaced in mid-job", "the job ends on the version it began with") {
    val spec = damaged("linear")(identity)
    register(spec)
    val query = spark.sql("SELECT f(array(gate(id, 60), 1)) FROM range(0, 400, 1, 8)")
    val rows = Gate.during(query.collect())(HostFolder.delete(java.nio.file.Paths.get(spec.path)))
    assert(rows.length == 400)
  }

  refused[ModelLoadException](
    "a version replaced before its first row",
    "the driver saw",
    "others"
  ) {
    val spec = damaged("linear")(identity)
    register(spec)
    Files.setLastModifiedTime(
      java.nio.file.Paths.get(spec.path, shard),
      FileTime.fromMillis(1000)
    )
    only("SELECT f(array(id, 2)) FROM range(1)")
  }

  refusedBySpark[SparkException]("a query that is cancelled", "cancelled") {
    val query = spark.sql("SELECT good(array(gate(id, 60), 1)) FROM range(0, 400, 1, 8)")
    val job = () => {
      spark.sparkContext.setJobGroup("injected", "")
      query.collect()
    }
    Gate.during(job())(spark.sparkContext.cancelJobGroup("injected"))
  }

  // Fetching models.

  private lazy val elsewhere = ModelSpec(s"elsewhere://${TestModels.made.resolve("linear")}")

  refused[ModelNotFoundException](
    "a file system that is down",
    "that answers",
    "no route to host"
  ) {
    ElsewhereFileSystem.isDown = true
    try register(elsewhere)
    finally ElsewhereFileSystem.isDown = false
  }

  refused[ModelNotFoundException]("a file system that nobody knows", "that Hadoop knows", "nosuch") {
    register(ModelSpec("nosuch://host/models/m"))
  }

  /** Registers a model while its host's disk works, and calls it after the disk has changed. */
  private def onDisk(odd: Path): Any = {
    val link = Files.createTempDirectory("link-").resolve("disk")
    Files.createSymbolicLink(link, Files.createTempDirectory("well-"))
    val onLink = Settings.from(spark.sparkContext).copy(diskPath = Some(link.toString))
    RegisteredFunctions.add(
      spark,
      "f",
      PredictFunction.of(elsewhere, onLink, PredictOptions()),
      replace = false
    )
    ModelCache.shared.clear()
    Files.delete(link)
    Files.createSymbolicLink(link, odd)
    only("SELECT f(array(id, 2)) FROM range(1)")
  }

  // Not every host lets its users mount file systems. DiskFaultsSuite names the hosts that do not.
  if (OddDisk.isPossible) {
    refused[ModelLoadException]("a local disk that is full", "a local disk", "No space left") {
      OddDisk.small(16)(onDisk)
    }

    refused[ModelLoadException]("a local disk that is read-only", "a local disk", "Read-only") {
      OddDisk.readOnly(onDisk)
    }
  }

  test("each fault has a message of its own") {
    assert(messages.distinct == messages)
    assert(faults.size >= 26)
  }
}
