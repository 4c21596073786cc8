package tfpredict

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._
import scala.util.control.NonFatal

import tfpredict.model.{ModelCache, ModelVerifier}

/**
 * Verifies every model in a folder. A line for each, by tabs: its name, the difference, what that
 * may be, and why it cannot run; and one for each signature of which `inspect` says what does not
 * happen.
 */
object VerifyAll {
  def main(args: Array[String]): Unit = {
    val listed = Files.list(Paths.get(args(0)))
    val models =
      try listed.iterator.asScala.filter(Files.isDirectory(_)).toList.sortBy(_.toString)
      finally listed.close()
    for (model <- models) {
      val spec = ModelSpec(model.toString)
      val line =
        try {
          val report = ModelVerifier.verify(spec)
          s"${report.difference}\t${report.outputs.map(_.tolerance).max}\t"
        } catch { case NonFatal(failed) => s"none\t0\t${OneLine.of(failed.getMessage)}" }
      println(s"RESULT\t${model.getFileName}\t$line")
      for (signature <- SaidAndDone.of(spec) if !signature.agree) {
        println(Seq(
          "DISAGREES",
          model.getFileName,
          signature.signature,
          signature.said.getOrElse("runs"),
          signature.done.getOrElse("ran")
        ).mkString("\t"))
      }
      ModelCache.shared.clear()
    }
  }
}
