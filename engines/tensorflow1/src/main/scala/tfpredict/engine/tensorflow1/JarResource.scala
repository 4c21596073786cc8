package tfpredict.engine.tensorflow1

import java.io.InputStream

import scala.io.Source

/** Reads a table about the runtime from the jar's resources. */
private[tensorflow1] object JarResource {

  def read[A](name: String)(use: InputStream => A): A = {
    val stream = getClass.getResourceAsStream(name)
    require(stream != null, s"the jar lacks its resource $name")
    try use(stream)
    finally stream.close()
  }

  def lines(name: String): Seq[String] =
    read(name)(Source.fromInputStream(_, "UTF-8").getLines().toList)
}
