package tfpredict.savedmodel.store

import java.io.IOException
import java.nio.channels.FileChannel
import java.nio.file.StandardOpenOption.{CREATE, WRITE}
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}
import java.util.concurrent.atomic.AtomicInteger

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

class LocalModelsSuite extends AnyFunSuite {
  private val day = 86400000L

  private def fresh(): Path = Files.createTempDirectory("models-")

  private def write(bytes: Int)(folder: Path): Unit =
    Files.write(folder.resolve("data"), new Array[Byte](bytes))

  private def names(folder: Path): Set[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).filterNot(_.endsWith(".lock")).toSet
    finally listed.close()
  }

  private def age(path: Path): Unit =
    Files.setLastModifiedTime(path, FileTime.fromMillis(System.currentTimeMillis - day))

  test("a model is fetched once for all callers, and then only read") {
    val folder = fresh()
    val fetched = new AtomicInteger
    def fetch(target: Path): Unit = {
      fetched.incrementAndGet()
      Thread.sleep(50)
      write(3)(target)
    }
    val threads = (1 to 16).map { _ =>
      val thread = new Thread(() =>
        new LocalModels(folder, Long.MaxValue).use("m", fetch) { model =>
          assert(Files.size(model.resolve("data")) == 3)
        }
      )
      thread.start()
      thread
    }
    threads.foreach(_.join())
    assert(fetched.get == 1)
    assert(names(folder) == Set("m"))
  }

  test("a failed fetch leaves nothing, and can be retried") {
    val folder = fresh()
    val models = new LocalModels(folder, Long.MaxValue)
    def fails(target: Path): Unit = {
      write(3)(target)
      throw new IOException("gone")
    }
    assert(intercept[IOException](models.use("m", fails)(identity)).getMessage == "gone")
    assert(names(folder).isEmpty)
    assert(models.use("m", write(3))(_.getFileName.toString) == "m")
  }

  test("beyond the limit the least recently used model is removed, and never one in use") {
    val folder = fresh()
    val models = new LocalModels(folder, limit = 250)
    for (name <- Seq("a", "b")) models.use(name, write(100))(identity)
    age(folder.resolve("b"))
    models.use("c", write(100))(identity)
    assert(names(folder) == Set("a", "c"))
    models.use("d", write(1000))(identity)
    assert(names(folder) == Set("d"))
  }

  test("a model that another process reads is not removed") {
    val folder = fresh()
    val models = new LocalModels(folder, limit = 150)
    models.use("a", write(100))(identity)
    // Locks belong to processes, so this one stands for a lock of another process.
    val other = FileChannel.open(folder.resolve("a.lock"), CREATE, WRITE)
    val lock = other.lock()
    try models.use("b", write(100))(identity)
    finally lock.release()
    assert(names(folder) == Set("a", "b"))
    age(folder.resolve("a"))
    models.use("b", write(100))(identity)
    assert(names(folder) == Set("b"))
    other.close()
  }

  test("leftovers of killed processes are removed, running fetches are not") {
    val folder = fresh()
    val dead = Files.createDirectory(folder.resolve(".incoming-999999999-1"))
    write(3)(dead)
    val recent = Files.createDirectory(folder.resolve(".incoming-999999998-1"))
    val alive = Files.createDirectory(folder.resolve(".incoming-1-1"))
    Seq(dead, alive).foreach(age)
    new LocalModels(folder, Long.MaxValue).use("m", write(3))(identity)
    assert(names(folder) == Set("m", recent.getFileName.toString, alive.getFileName.toString))
  }
}
