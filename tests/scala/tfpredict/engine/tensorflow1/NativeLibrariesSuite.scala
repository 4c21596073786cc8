package tfpredict.engine.tensorflow1

import java.nio.charset.StandardCharsets
import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.sys.process._

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.ChildJvm
import tfpredict.host.HostFolder

/** Runs in separate JVMs, since a loaded library stays loaded. */
class NativeLibrariesSuite extends AnyFunSuite {

  private def fresh(): Path = Files.createTempDirectory("natives-")

  private def command(program: String, place: Path, arguments: String*): Seq[String] =
    ChildJvm.command(
      Seq(s"-Djava.io.tmpdir=$place"),
      s"tfpredict.engine.tensorflow1.$program",
      arguments: _*
    )

  private def run(command: Seq[String]): String = {
    val text = new StringBuilder
    val code = Process(command) ! ProcessLogger { line =>
      text.synchronized { text.append(line).append('\n'); () }
    }
    assert(code == 0, text)
    text.toString
  }

  private def store(place: Path): Path = HostFolder.path(place).resolve("natives")

  private def names(folder: Path): Seq[String] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.map(_.getFileName.toString).toList.sorted
    finally listed.close()
  }

  private val library = "1.15.0-linux-x86_64/libtensorflow_jni.so"

  private def assertWhole(place: Path): Unit = {
    assert(names(store(place)) == Seq("1.15.0-linux-x86_64", "1.15.0-linux-x86_64.lock"))
    assert(Files.size(store(place).resolve(library)) == 154073736L)
  }

  test("loading works after the program has used TensorFlow by itself") {
    assert(run(command("AfterTensorFlow", fresh())).contains("1.15.0 and 1.15.0"))
  }

  test("a second class loader gets an error, and the JVM survives") {
    val text = run(command("TwoLoaders", fresh()))
    assert(text.contains("first 1.15.0"))
    assert(text.contains("TensorFlow, already loaded in this JVM by another class loader"))
    assert(text.contains("still alive"))
  }

  test("two JVMs that start at once unpack once, and both load; a third only loads") {
    val place = fresh()
    val both = (1 to 2).map(_ => Process(command("LoadNatives", place)).lineStream).map(_.toList)
    assert(both.map(_.count(_.startsWith("loaded 1.15.0"))) == Seq(1, 1))
    assertWhole(place)
    // If the second or third JVM had unpacked again, the name would refer to another file.
    val unpacked = Files.getAttribute(store(place).resolve(library), "unix:ino")
    assert(run(command("LoadNatives", place)).contains("loaded 1.15.0"))
    assert(Files.getAttribute(store(place).resolve(library), "unix:ino") == unpacked)
    assert(names(place).forall(_.startsWith("tfpredict-")))
  }

  test("a file that was cut short is unpacked again") {
    val place = fresh()
    run(command("LoadNatives", place))
    Files.write(store(place).resolve(library), new Array[Byte](1000))
    assert(run(command("LoadNatives", place)).contains("loaded 1.15.0"))
    assertWhole(place)
  }

  test("files of a JVM that is killed while unpacking are removed by the next one") {
    val place = fresh()
    val killed = new java.lang.ProcessBuilder(command("LoadNatives", place).asJava).start()
    def half: Seq[String] =
      if (Files.isDirectory(store(place))) names(store(place)).filter(_.startsWith(".incoming-"))
      else Nil
    while (killed.isAlive && half.isEmpty) Thread.sleep(2)
    killed.destroyForcibly().waitFor()
    assert(half.size == 1, "the JVM was to be killed in the middle")
    assert(run(command("LoadNatives", place)).contains("loaded 1.15.0"))
    assertWhole(place)
  }

  test("they are removed even if the files themselves are complete") {
    val place = fresh()
    run(command("LoadNatives", place))
    Files.createDirectory(store(place).resolve(".incoming-17-1.15.0-linux-x86_64-1"))
    run(command("LoadNatives", place))
    assertWhole(place)
  }

  test("the folder is the one that the setting names") {
    val (place, other) = (fresh(), fresh())
    run(command("LoadNatives", place, other.toString))
    assertWhole(other)
    assert(!Files.exists(store(place)))
  }

  test("an unusable folder is an error, which every later call repeats") {
    val file = Files.createTempFile("no-", "folder")
    val text = run(command("LoadNatives", fresh(), s"$file/below", fresh().toString))
    val refused = text.linesIterator.filter(_.startsWith("refused ")).toList
    assert(refused.size == 2 && refused.distinct.size == 1, text)
    assert(
      refused.head.contains(s"Expected: a folder below $file/below that only this user can write")
    )
    assert(refused.head.startsWith("refused [TFPREDICT_NATIVE_LIBRARY] TensorFlow's native "))
    assert(refused.head.contains("Not a directory"))
    assert(refused.head.contains("set spark.tfpredict.disk.path to another local folder"))
  }

  test("a folder of another user, or open to others, is refused") {
    val place = fresh()
    Files.createDirectory(HostFolder.path(place))
    val text = run(command("LoadNatives", place))
    assert(text.contains("is not a private folder of"))
  }

  test("a full disk is reported, and nothing incomplete is left there") {
    // Files of more than 8 MB fail in this shell's children, as on a full disk.
    val place = fresh()
    val line = command("LoadNatives", place).map(word => s"'$word'").mkString(" ")
    val text = run(Seq("bash", "-c", s"ulimit -f 8192; exec $line"))
    assert(text.contains("File too large"), text)
    assert(text.contains("Free 190 MB there"))
    assert(names(store(place)) == Seq("1.15.0-linux-x86_64.lock"))
    assert(run(command("LoadNatives", place)).contains("loaded 1.15.0"))
  }

  test("a full disk and a noexec disk") {
    val (full, noexec) = (fresh(), fresh())
    // In a mount namespace, if the host allows one. Elsewhere only the test above applies.
    def mounted(place: Path, options: String): Seq[String] = {
      val line = command("LoadNatives", place).map(word => s"'$word'").mkString(" ")
      val script = s"mount -t tmpfs -o $options tmpfs $place && exec $line"
      Seq("unshare", "--mount", "bash", "-c", script)
    }
    val probe = Process(Seq("unshare", "--mount", "true"))
    assume(
      scala.util.Try(probe ! ProcessLogger(_ => ())).toOption.contains(0),
      "no mounting here"
    )
    val refused = run(mounted(full, "size=64m"))
    assert(refused.contains("No space left on device; "), refused)
    val forbidden = run(mounted(noexec, "noexec,size=300m"))
    assert(forbidden.contains("a disk that is mounted noexec"), forbidden)
  }

  test("a task that is killed during its first call does not stop the others") {
    assert(run(command("InterruptedLoad", fresh())).contains("interrupted and loaded 1.15.0"))
  }

  test("files that are not libraries are reported") {
    val place = fresh()
    run(command("LoadNatives", place))
    val file = store(place).resolve(library)
    val size = Files.size(file)
    val damaged = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)
    damaged.write(java.nio.ByteBuffer.wrap("no library".getBytes(StandardCharsets.UTF_8)))
    damaged.close()
    Files.setLastModifiedTime(file, FileTime.fromMillis(0))
    assert(Files.size(file) == size)
    val text = run(command("LoadNatives", place))
    assert(text.contains("Expected: a library that loads on linux-x86_64"), text)
    assert(text.contains("invalid ELF header"), text)
  }
}

object AfterTensorFlow {
  def main(args: Array[String]): Unit =
    println(s"${org.tensorflow.TensorFlow.version()} and ${NativeLibraries.load()}")
}

/** Loads from each folder in its arguments, one after the other. */
object LoadNatives {
  def main(args: Array[String]): Unit = {
    val places = if (args.isEmpty) Seq(HostFolder.default) else args.toSeq.map(Paths.get(_))
    places.foreach { place =>
      try println(s"loaded ${NativeLibraries.load(place)}")
      catch {
        case refused: tfpredict.ModelLoadException => println(s"refused ${refused.getMessage}")
      }
    }
  }
}

object InterruptedLoad {
  def main(args: Array[String]): Unit = {
    Thread.currentThread.interrupt()
    val version = NativeLibraries.load()
    println(s"${if (Thread.interrupted()) "interrupted" else "not"} and loaded $version")
  }
}

object TwoLoaders {
  def main(args: Array[String]): Unit = {
    println(s"first ${NativeLibraries.load()}")
    val urls =
      sys.props("java.class.path").split(java.io.File.pathSeparator).map(Paths.get(_).toUri.toURL)
    val second = new java.net.URLClassLoader(urls, ClassLoader.getSystemClassLoader.getParent)
    val libraries = second.loadClass("tfpredict.engine.tensorflow1.NativeLibraries")
    try println(libraries.getMethod("load", classOf[Path]).invoke(null, HostFolder.default))
    catch { case refused: java.lang.reflect.InvocationTargetException => println(refused.getCause) }
    println("still alive")
  }
}
