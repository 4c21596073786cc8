package tfpredict.session

import java.nio.file.Paths

import scala.sys.process._

import org.scalatest.funsuite.AnyFunSuite

/** In JVMs of their own, since what is loaded once stays. */
class NativeLibrariesSuite extends AnyFunSuite {

  private def run(program: String): String = {
    val java = Paths.get(sys.props("java.home"), "bin", "java").toString
    val command = Seq(java, "-cp", sys.props("java.class.path"), s"tfpredict.session.$program")
    val text = new StringBuilder
    val code = Process(command) ! ProcessLogger { line => text.append(line).append('\n'); () }
    assert(code == 0, text)
    text.toString
  }

  test("a program that used TensorFlow by itself before is no hindrance") {
    assert(run("AfterTensorFlow").contains("1.15.0 and 1.15.0"))
  }

  test("a second class loader is told, and the JVM lives") {
    val text = run("TwoLoaders")
    assert(text.contains("first 1.15.0"))
    assert(text.contains("TensorFlow is loaded already in this JVM, by another class loader"))
    assert(text.contains("still alive"))
  }
}

object AfterTensorFlow {
  def main(args: Array[String]): Unit =
    println(s"${org.tensorflow.TensorFlow.version()} and ${NativeLibraries.load()}")
}

object TwoLoaders {
  def main(args: Array[String]): Unit = {
    println(s"first ${NativeLibraries.load()}")
    val urls =
      sys.props("java.class.path").split(java.io.File.pathSeparator).map(Paths.get(_).toUri.toURL)
    val second = new java.net.URLClassLoader(urls, ClassLoader.getSystemClassLoader.getParent)
    val libraries = second.loadClass("tfpredict.session.NativeLibraries")
    try println(libraries.getMethod("load").invoke(null))
    catch { case refused: java.lang.reflect.InvocationTargetException => println(refused.getCause) }
    println("still alive")
  }
}
