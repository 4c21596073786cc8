package tfpredict.savedmodel.store

import java.nio.file.{Files, Path}

import org.scalatest.BeforeAndAfterEach
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.model.ModelDescription
import tfpredict.options.HadoopSettings
import tfpredict.savedmodel.store.CountingFileSystem.Asked
import tfpredict.{ModelSpec, Settings, TestModels}

/**
 * What a model on a shared file system is asked for, as docs/clusters.md has it: by the driver, by
 * each host, and for each query that follows the latest version.
 */
class RequestsSuite extends AnyFunSuite with BeforeAndAfterEach {
  private var root: Path = _
  private var settings: Settings = _

  override protected def beforeEach(): Unit = {
    root = Files.createTempDirectory("counted-")
    for (version <- Seq("1", "2"))
      TestModels.copyInto(TestModels.made.resolve("linear/1"), root.resolve(version))
    settings = ofHost()
  }

  /** The settings of a host with nothing on its disk. */
  private def ofHost(): Settings = {
    val hadoop = HadoopSettings.of(
      Seq(
        "fs.counted.impl" -> classOf[CountingFileSystem].getName,
        "fs.counted.impl.disable.cache" -> "true"
      )
    )
    val disk = Files.createTempDirectory("disk-")
    Settings.default.copy(hadoop = hadoop, diskPath = Some(disk.toString))
  }

  private def spec = ModelSpec(s"counted://$root")
  private def files = ModelFolder.local(root.resolve("2")).files
  private def bytes = files.map(_.length).sum
  private def shards = files.filter(_.isShard).map(_.length).sum
  private def index = files.find(_.name.endsWith(".index")).get.length

  // The folders of a version: its own, those of assets and of the variables.
  private def folders = {
    val walk = Files.walk(root.resolve("2"))
    try walk.filter(Files.isDirectory(_)).count
    finally walk.close()
  }

  test("the model has five files in four folders") {
    assert((files.size, folders) == ((5, 4)))
  }

  test("a host copies a version by one list of each folder and one opening of each file") {
    val resolved = ModelStore.resolve(spec, settings)
    val asked = CountingFileSystem.during(ModelStore.use(resolved, settings)(_ => ()))
    assert(asked == Asked(statuses = 0, lists = folders, opens = files.size.toLong, bytes))
  }

  test("another executor of the host asks for nothing") {
    val resolved = ModelStore.resolve(spec, settings)
    ModelStore.use(resolved, settings)(_ => ())
    val asked = CountingFileSystem.during(ModelStore.use(resolved, settings)(_ => ()))
    assert(asked == Asked(0, 0, 0, 0))
  }

  test("a registration reads all but the variables' data, twice, and the index once more") {
    val asked = CountingFileSystem.during(ModelDescription.of(spec, settings))
    val opens = 2 * (files.size - 1) + 1
    assert(asked == Asked(14, 3 + 2 * folders, opens.toLong, 2 * (bytes - shards) + index))
  }

  test("a version check that finds nothing new lists folders, and opens nothing") {
    val seen = new SeenVersions
    val latest = spec.copy(latest = true)
    seen.newest(latest, settings)
    val asked = CountingFileSystem.during(seen.newest(latest, settings))
    assert(asked == Asked(statuses = 1, lists = 1 + folders, opens = 0, bytes = 0))
  }

  test("a new version is read once by a version check") {
    val seen = new SeenVersions
    val latest = spec.copy(latest = true)
    seen.newest(latest, settings)
    TestModels.copyInto(TestModels.made.resolve("linear/1"), root.resolve("3"))
    val asked = CountingFileSystem.during(seen.newest(latest, settings))
    assert(asked == Asked(6, 2 + folders, files.size.toLong, bytes - shards + index))
  }
}
