package tfpredict.savedmodel.store

import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}
import java.nio.{ByteBuffer, ByteOrder}

import scala.collection.JavaConverters._

import org.scalatest.BeforeAndAfterEach
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.engine.Engine
import tfpredict.host.HostFolder
import tfpredict.model.{LoadedModel, ModelDescription, ModelInspector, ModelLoader}
import tfpredict.options.HadoopSettings
import tfpredict.tensor.{DType, NumberTensor}
import tfpredict.{ModelLoadException, ModelNotFoundException, ModelSpec, Settings, TestModels}

/** Models on another file system than the local disk. */
class ModelFromElsewhereSuite extends AnyFunSuite with BeforeAndAfterEach {
  private var root: Path = _
  private var disk: Path = _
  private var settings: Settings = _

  override protected def beforeEach(): Unit = {
    root = Files.createTempDirectory("elsewhere-")
    for (version <- Seq("1", "2"))
      TestModels.copyInto(TestModels.made.resolve("linear/1"), root.resolve(version))
    disk = Files.createTempDirectory("disk-")
    val hadoop = HadoopSettings.of(
      Seq(
        "fs.elsewhere.impl" -> classOf[ElsewhereFileSystem].getName,
        "fs.elsewhere.impl.disable.cache" -> "true"
      )
    )
    settings = Settings.default.copy(hadoop = hadoop, diskPath = Some(disk.toString))
  }

  override protected def afterEach(): Unit = ElsewhereFileSystem.repair()

  private def resolve(version: Option[Long] = None): ModelSpec =
    ModelStore.resolve(ModelSpec(s"elsewhere://$root", version), settings)

  private def files(folder: Path): Seq[String] = ModelFolder.local(folder).files.map(_.name)

  test("the newest complete version, by its URI") {
    Files.createDirectory(root.resolve("3"))
    Files.createDirectory(root.resolve("_temporary"))
    val found = resolve()
    assert(found.version.contains(2L))
    assert(found.path == s"elsewhere:$root")
    assert(found.fingerprint == resolve(Some(2)).fingerprint)
  }

  test("it is fetched to the local disk once, completely and with its times") {
    val found = resolve()
    val here = ModelStore.use(found, settings)(identity)
    assert(here.startsWith(disk))
    assert(files(here) == files(root.resolve("2")))
    val opened = ElsewhereFileSystem.opened.get
    assert(ModelStore.use(found, settings)(identity) == here)
    // No file was copied or opened again. Only names, lengths and times were read.
    assert(ElsewhereFileSystem.opened.get == opened)
  }

  test("a file system that fails for a while is tried again") {
    val found = resolve()
    ElsewhereFileSystem.failures.set(2)
    assert(files(ModelStore.use(found, settings)(identity)).contains("saved_model.pb"))
  }

  test("a file system that is down is an error") {
    ElsewhereFileSystem.isDown = true
    val down = intercept[ModelNotFoundException](resolve()).getMessage
    assert(down.contains("Expected: a file system that answers"))
    assert(down.contains("no route to host"))
  }

  test("other files than the driver saw are refused, and not kept") {
    val found = resolve()
    val shard = root.resolve("2/variables/variables.data-00000-of-00001")
    Files.setLastModifiedTime(shard, FileTime.fromMillis(1000))
    val changed = intercept[ModelLoadException](ModelStore.use(found, settings)(identity))
    assert(changed.getMessage.contains("the files that the driver saw"))
    Files.delete(shard)
    intercept[ModelLoadException](ModelStore.use(found, settings)(identity))
    assert(files(disk).forall(_.endsWith(".lock")))
  }

  test("a fetched model still serves when the original is gone") {
    val found = resolve()
    val here = ModelStore.use(found, settings)(identity)
    HostFolder.delete(root)
    assert(ModelStore.use(found, settings)(identity) == here)
  }

  test("a disk that cannot be written is an error") {
    val found = resolve()
    val file = Files.createTempFile("no-", "folder")
    val refused = intercept[ModelLoadException](
      ModelStore.use(found, settings.copy(diskPath = Some(file.toString)))(identity)
    ).getMessage
    assert(refused.contains(s"Expected: a local disk that takes the model, below $file."))
    assert(refused.contains("spark.tfpredict.disk.path"))
  }

  private val shards = "variables.data-.*"

  test("a description reads everything except the variables' data, and keeps no files") {
    ElsewhereFileSystem.names.clear()
    val described = ModelDescription.of(ModelSpec(s"elsewhere://$root"), settings)
    assert(described.signature.inputs.nonEmpty)
    ModelInspector.inspect(ModelSpec(s"elsewhere://$root"), settings)
    val read = ElsewhereFileSystem.names.asScala
    assert(read.contains("saved_model.pb") && read.contains("variables.index"))
    assert(!read.exists(_.matches(shards)))
    assert(files(disk).isEmpty)
    ModelStore.use(described.spec, settings)(here =>
      assert(files(here).exists(_.contains(".data-")))
    )
    assert(read.exists(_.matches(shards)))
  }

  test("a description finds a shard that is too short by its length") {
    val shard = root.resolve("2/variables/variables.data-00000-of-00001")
    Files.write(shard, Files.readAllBytes(shard).dropRight(10))
    val spec = ModelSpec(s"elsewhere://$root", Some(2))
    val refused = intercept[ModelLoadException](ModelDescription.of(spec, settings))
    assert(refused.expected.contains("bytes in"))
  }

  test("looking for a newer version again lists folders, and opens no file") {
    val seen = new SeenVersions
    val spec = ModelSpec(s"elsewhere://$root", latest = true)
    val first = seen.newest(spec, settings)
    assert(first == ModelStore.resolve(spec, settings))
    val (opened, listed) = (ElsewhereFileSystem.opened.get, ElsewhereFileSystem.listed.get)
    for (_ <- 1 to 10) assert(seen.newest(spec, settings) == first)
    assert(ElsewhereFileSystem.opened.get == opened)
    // The model's folder, the version's folder, and the folders in it.
    val walk = Files.walk(root.resolve("2"))
    val folders =
      try walk.iterator.asScala.count(Files.isDirectory(_))
      finally walk.close()
    assert(ElsewhereFileSystem.listed.get - listed == 10 * (1 + folders))
    val graph = root.resolve("2/saved_model.pb")
    Files.setLastModifiedTime(graph, FileTime.fromMillis(1000))
    assert(seen.newest(spec, settings).fingerprint != first.fingerprint)
    HostFolder.delete(root.resolve("2"))
    assert(seen.newest(spec, settings).version.contains(1L))
    HostFolder.delete(root)
    assert(intercept[ModelNotFoundException](seen.newest(spec, settings)).found == "no such folder")
  }

  test("a retrained model is fetched, even if its files have the same times and lengths") {
    HostFolder.delete(root.resolve("2"))
    HostFolder.delete(root.resolve("1"))
    TestModels.copyInto(TestModels.made.resolve("versions/1"), root.resolve("1"))
    Files.delete(root.resolve("1").resolve(Checksums.Name))
    def answer(): Float = {
      val model = new ModelLoader(Engine.installed).load(resolve(), settings)
      try answerOf(model, resolve())
      finally model.close()
    }
    assert(math.abs(answer() - 3.0195961f) < 1e-4)
    Retrained.inPlace(root.resolve("1"))
    assert(math.abs(answer() - 13.0195961f) < 1e-4)
  }

  private def answerOf(model: LoadedModel, spec: ModelSpec): Float = {
    val row = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder)
    row.putFloat(1f).putFloat(2f).flip()
    val tensor = new NumberTensor(DType.Float32, Array(1L, 2L), row)
    model.function(spec).engine.run(Vector(tensor)).head match {
      case numbers: NumberTensor => numbers.buffer.getFloat(numbers.buffer.position())
      case other => fail(s"$other")
    }
  }
}
