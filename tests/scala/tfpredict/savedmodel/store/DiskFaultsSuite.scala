package tfpredict.savedmodel.store

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.scalatest.BeforeAndAfterEach
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.host.{DiskException, OddDisk}
import tfpredict.options.HadoopSettings
import tfpredict.{
  Background,
  ModelLoadException,
  ModelNotFoundException,
  ModelSpec,
  Settings,
  TestModels
}

/** A local disk that is full, read-only or slow while a model is fetched. */
class DiskFaultsSuite extends AnyFunSuite with BeforeAndAfterEach {
  private val source = s"elsewhere://${TestModels.made.resolve("linear")}"

  private val hadoop = HadoopSettings.of(
    Seq(
      "fs.elsewhere.impl" -> classOf[ElsewhereFileSystem].getName,
      "fs.elsewhere.impl.disable.cache" -> "true"
    )
  )

  private val bytes = ModelFolder.local(TestModels.made.resolve("linear/1")).bytes

  override protected def afterEach(): Unit = ElsewhereFileSystem.repair()

  private def settings(disk: Path): Settings =
    Settings.default.copy(hadoop = hadoop, diskPath = Some(disk.toString))

  private def resolved(disk: Path): ModelSpec =
    ModelStore.resolve(ModelSpec(source), settings(disk))

  private def refused(disk: Path): ModelLoadException = {
    val spec = resolved(disk)
    val started = System.nanoTime
    val failed = intercept[ModelLoadException](ModelStore.use(spec, settings(disk))(identity))
    // A retry does not help, so it fails at once.
    assert((System.nanoTime - started) / 1e9 < 1)
    assert(failed.model == spec.label)
    assert(failed.errorClass == "TFPREDICT_LOCAL_DISK")
    assert(failed.expected == s"a local disk that takes the model, below $disk")
    assert(failed.fix.startsWith("Free space there and check this user's rights"))
    failed
  }

  private def left(disk: Path): Seq[String] = {
    val walk = Files.walk(disk)
    try walk.iterator.asScala.filter(Files.isRegularFile(_)).map(_.toString).toList
    finally walk.close()
  }

  // Without namespaces a test cannot have a full disk.
  private def assumeDisks(): Unit =
    assume(OddDisk.isPossible, "this host lets its users mount nothing")

  test("a disk that fills up while a model is fetched leaves nothing") {
    assumeDisks()
    OddDisk.small((bytes / 1024 / 2).toInt) { disk =>
      assert(refused(disk).found.contains("No space left on device"))
      assert(left(disk).map(_.split("/").last).forall(_.endsWith(".lock")))
      val free = Files.createTempDirectory("free-")
      assert(ModelStore.use(resolved(free), settings(free))(left(_).nonEmpty))
    }
  }

  test("a disk without space for a folder") {
    assumeDisks()
    OddDisk.small(4) { disk =>
      assert(refused(disk).found.contains("No space left on device"))
      assert(left(disk).forall(_.endsWith(".lock")))
    }
  }

  test("a disk that is read-only") {
    assumeDisks()
    OddDisk.readOnly(disk => assert(refused(disk).found.contains("Read-only file system")))
  }

  test("a folder without write permission, for any caller") {
    val disk = java.nio.file.Paths.get("/proc")
    assume(Files.isDirectory(disk), "Linux alone has it")
    assert(refused(disk).found.contains("/proc/tfpredict-"))
  }

  test("a failing file system has another error than a disk, and is retried") {
    val disk = Files.createTempDirectory("well-")
    val spec = resolved(disk)
    ElsewhereFileSystem.failures.set(1)
    assert(ModelStore.use(spec, settings(disk))(left(_).nonEmpty))
    val other = Files.createTempDirectory("well-")
    def fetch(folder: Path): Unit =
      LocalModels.copy(ModelFolder.at(s"$source/1", hadoop.configuration), folder)
    ElsewhereFileSystem.failures.set(3)
    val failed = intercept[java.io.IOException](Attempts.of(fetch, Seq(0, 0))(other))
    assert(!failed.isInstanceOf[DiskException] && failed.getMessage == "the connection was reset")
    Attempts.of(fetch, Seq(0, 0))(other)
    assert(left(other).size == left(TestModels.made.resolve("linear/1")).size)
  }

  test("a missing read permission is an error at once") {
    var asked = 0
    def refuses(folder: Path): Unit = {
      asked += 1
      throw new org.apache.hadoop.security.AccessControlException(s"Permission denied: $folder")
    }
    intercept[java.io.IOException](Attempts.of(refuses)(Files.createTempDirectory("denied-")))
    assert(asked == 1)
  }

  test("all callers wait for a slow fetch, and it runs once") {
    val disk = Files.createTempDirectory("slow-")
    val spec = resolved(disk)
    ElsewhereFileSystem.pause = 200
    val before = ElsewhereFileSystem.opened.get
    val started = System.nanoTime
    val all = (1 to 32).map(_ => Background(ModelStore.use(spec, settings(disk))(identity)))
    val folders = all.map(_.await()).toSet
    val files = ModelFolder.local(folders.head).files
    assert(folders.size == 1)
    assert(ElsewhereFileSystem.opened.get - before == files.size)
    assert((System.nanoTime - started) / 1e9 > 0.2 * files.size)
    assert(files == ModelFolder.local(TestModels.made.resolve("linear/1")).files)
  }

  test("a task that is killed while fetching leaves nothing, and another one fetches") {
    val disk = Files.createTempDirectory("killed-")
    val spec = resolved(disk)
    ElsewhereFileSystem.pause = 10000
    val running = Background {
      try ModelStore.use(spec, settings(disk))(_ => None)
      catch { case stopped: Throwable => Some(stopped) }
    }
    val models = disk.resolve(s"tfpredict-${System.getProperty("user.name")}/models")
    while (!Files.isDirectory(models) || Files.list(models).count() < 2) Thread.sleep(10)
    running.interrupt()
    assert(running.await().nonEmpty)
    assert(Files.list(models).iterator.asScala.map(_.toString).forall(_.endsWith(".lock")))
    ElsewhereFileSystem.pause = 0
    assert(ModelStore.use(spec, settings(disk))(left(_).nonEmpty))
  }

  test("a file system that is down at registration is not a disk failure") {
    ElsewhereFileSystem.isDown = true
    val failed = intercept[ModelNotFoundException](resolved(Files.createTempDirectory("x-")))
    assert(failed.expected == "a file system that answers")
  }
}
