package tfpredict

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._
import scala.util.control.NonFatal

import tfpredict.model.{ModelCache, ModelVerifier}

/** Verifies every model in a folder: a line for each, its name, difference and reason, by tabs. */
object VerifyAll {
  def main(args: Array[String]): Unit = {
    val listed = Files.list(Paths.get(args(0)))
    val models =
      try listed.iterator.asScala.filter(Files.isDirectory(_)).toList.sortBy(_.toString)
      finally listed.close()
    for (model <- models) {
      val line =
        try s"${ModelVerifier.verify(ModelSpec(model.toString)).difference}\t"
        catch { case NonFatal(failed) => s"none\t${failed.getMessage.replaceAll("\\s+", " ")}" }
      println(s"RESULT\t${model.getFileName}\t$line")
      ModelCache.shared.clear()
    }
  }
}
