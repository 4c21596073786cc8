package tfpredict.host

import java.io.IOException
import java.nio.file.{Files, Path}
import java.util.concurrent.CountDownLatch

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.ChildJvm

/** Behavior of the store alone. LocalModelsSuite and NativeLibrariesSuite test the rest. */
class HostStoreSuite extends AnyFunSuite {
  private def fresh(): Path = Files.createTempDirectory("store-")

  private def write(folder: Path): Unit = {
    Files.write(folder.resolve("data"), new Array[Byte](3))
    ()
  }

  private def hasData(folder: Path): Boolean = Files.exists(folder.resolve("data"))

  private def names(folder: Path): Set[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).filterNot(_.endsWith(".lock")).toSet
    finally listed.close()
  }

  test("a folder that lost a file is created again, and one that stays incomplete is refused") {
    val folder = fresh()
    val store = new HostStore(folder)
    store.use("a", hasData(_))(write)(identity)
    Files.delete(folder.resolve("a/data"))
    assert(store.use("a", hasData(_))(write)(hasData))
    val refused = intercept[IOException](store.use("b", hasData(_))(_ => ())(identity))
    assert(refused.getMessage == s"what was fetched for $folder/b is not complete")
    assert(names(folder) == Set("a"))
  }

  test("leftovers of the same folder are removed at once, those of a longer name are not") {
    val folder = fresh()
    val store = new HostStore(folder)
    for (left <- Seq(".incoming-1-a-7", ".incoming-1-a-b-7", ".incoming-1-b-a-7"))
      write(Files.createDirectory(folder.resolve(left)))
    store.use("a")(write)(identity)
    assert(names(folder) == Set("a", ".incoming-1-a-b-7", ".incoming-1-b-a-7"))
  }

  test("a folder in use is not removed, and the attempt does not release its lock") {
    val folder = fresh()
    val (store, other) = (new HostStore(folder), new HostStore(folder))
    val (reading, done) = (new CountDownLatch(1), new CountDownLatch(1))
    val reader = new Thread(() =>
      store.use("a")(write) { _ =>
        reading.countDown()
        done.await()
      }
    )
    reader.start()
    reading.await()
    assert(!other.remove(folder.resolve("a")))
    // If the attempt had released the file's lock, another process could now delete the folder.
    assert(!isLockFree(folder))
    assert(store.all == Seq(folder.resolve("a")))
    done.countDown()
    reader.join()
    assert(isLockFree(folder))
    assert(other.remove(folder.resolve("a")))
    assert(store.all.isEmpty)
  }

  // A separate process checks, since locks belong to processes.
  private def isLockFree(folder: Path): Boolean = {
    val command = ChildJvm.command(Nil, "tfpredict.host.TryLock", s"$folder/a.lock")
    new ProcessBuilder(command.asJava).inheritIO().start().waitFor() == 0
  }
}

object TryLock {
  def main(args: Array[String]): Unit = {
    import java.nio.channels.FileChannel
    import java.nio.file.Paths
    import java.nio.file.StandardOpenOption.WRITE
    val channel = FileChannel.open(Paths.get(args.head), WRITE)
    sys.exit(if (channel.tryLock() == null) 1 else 0)
  }
}
