package tfpredict.python

import java.lang.reflect.Modifier
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

/** The JVM's functions for Python match the calls in the Python package. */
class PythonApiSuite extends AnyFunSuite {
  private val Called = """(?:_jvm|_doors)\.call\(\s*spark,\s*"(\w+)"|\bapi\.(\w+)\(""".r

  private val called: Set[String] = {
    val files = Files.walk(Paths.get("python/src/tfpredict"))
    try
      files.iterator.asScala.filter(_.toString.endsWith(".py")).flatMap(callsOf).toSet
    finally files.close()
  }

  private def callsOf(file: Path): Iterator[String] = {
    val text = new String(Files.readAllBytes(file), "UTF-8")
    Called.findAllMatchIn(text).map(found => Option(found.group(1)).getOrElse(found.group(2)))
  }

  test("the Python package calls each public method") {
    val methods = PythonApi.getClass.getDeclaredMethods.filter { method =>
      Modifier.isPublic(method.getModifiers) && !method.isSynthetic && !method.getName.contains("$")
    }
    val unused = methods.map(_.getName).toSet -- called
    assert(unused == Set("isNativeOnDriver", "modelOptions"), "these are for the tests of Python")
  }

  test("only the package's unfinished files are deleted at the end") {
    for (path <- Seq("/home", "/tmp/x/data", "tfpredict-log-", "/a/.hidden", ".tmp", "/a/x-1.tmp"))
      assert(
        intercept[IllegalArgumentException](PythonApi.deleteAtEnd(path)).getMessage
          .contains(s"is named tfpredict-log-*, tfpredict-input-* or .NAME-*.tmp. Found: $path.")
      )
    for (path <- Seq("/tmp/tfpredict-log-x", "/tmp/tfpredict-input-x", "/a/.out.csv-3f.tmp"))
      PythonApi.deleteAtEnd(path).close()
  }

  test("a path cannot forge a line of the refusal") {
    val refused = intercept[IllegalArgumentException](PythonApi.deleteAtEnd("/a\nINFO all is well"))
    assert(!refused.getMessage.contains("\n"))
  }
}
