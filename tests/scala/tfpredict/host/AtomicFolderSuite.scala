package tfpredict.host

import java.io.IOException
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path, Paths}
import java.util.concurrent.TimeUnit

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.ChildJvm

class AtomicFolderSuite extends AnyFunSuite {

  private def place(): Path = Files.createTempDirectory("whole-")

  private def put(folder: Path, name: String): Unit = {
    Files.createDirectories(folder)
    Files.write(folder.resolve(name), name.getBytes(UTF_8))
    ()
  }

  test("a folder gets its name when it is complete, and missing parents are created") {
    val above = place()
    val target = above.resolve("a/b")
    val written = AtomicFolder.write(target) { folder =>
      assert(!Files.exists(target))
      assert(Files.isHidden(folder))
      put(folder, "x")
      7
    }
    assert(written == 7)
    assert(AtomicFolder.names(target) == Seq("x"))
    assert(AtomicFolder.names(above) == Seq("a"))
  }

  test("it replaces an empty folder, and one that may be replaced") {
    val target = place()
    AtomicFolder.write(target)(put(_, "x"))
    assert(AtomicFolder.names(target) == Seq("x"))
    AtomicFolder.write(target)(put(_, "y"))
    assert(AtomicFolder.names(target) == Seq("y"))
    assert(AtomicFolder.isFree(place()))
    assert(!AtomicFolder.isFree(target))
  }

  test("a failed write leaves nothing, and keeps the previous folder") {
    val above = place()
    val target = above.resolve("m")
    put(target, "old")
    val failed = intercept[IOException] {
      AtomicFolder.write(target) { folder =>
        put(folder, "half")
        throw new IOException("no more")
      }
    }
    assert(failed.getMessage == "no more")
    assert(AtomicFolder.names(above) == Seq("m"))
    assert(AtomicFolder.names(target) == Seq("old"))
    // A file blocks the path, which is a disk failure.
    assertThrows[DiskException](AtomicFolder.write(target.resolve("old/m"))(_ => ()))
  }

  test("a JVM that is asked to exit meanwhile leaves nothing") {
    val above = place()
    val log = Files.createTempFile("whole-", ".log")
    val command = ChildJvm.command(Nil, "tfpredict.host.SlowFolder", above.resolve("m").toString)
    val child = new ProcessBuilder(command: _*).redirectErrorStream(true)
      .redirectOutput(log.toFile).start()
    try {
      val end = System.nanoTime + TimeUnit.SECONDS.toNanos(60)
      while (AtomicFolder.names(above).isEmpty && child.isAlive && System.nanoTime < end)
        Thread.sleep(20)
      assert(AtomicFolder.names(above).nonEmpty, new String(Files.readAllBytes(log), UTF_8))
      child.destroy()
      assert(child.waitFor(30, TimeUnit.SECONDS))
      assert(AtomicFolder.names(above).isEmpty, new String(Files.readAllBytes(log), UTF_8))
    } finally { child.destroyForcibly(); () }
  }
}

/** Writes files into a folder without end. */
object SlowFolder {
  def main(args: Array[String]): Unit =
    AtomicFolder.write(Paths.get(args(0))) { folder =>
      Iterator.from(0).foreach { number =>
        Stopped.check()
        Files.write(folder.resolve(s"file$number"), Array.fill[Byte](1 << 20)(1))
        Files.delete(folder.resolve(s"file$number"))
      }
    }
}
