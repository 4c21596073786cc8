package tfpredict

import java.nio.file.Paths

import scala.util.control.NonFatal

import tfpredict.messages.OneLine
import tfpredict.model.{ModelCache, ModelVerifier}

/**
 * Verifies every model in some folders. Prints lines separated by tabs. A model's line has its
 * difference, the tolerance, and the reason if it cannot run. A signature's line has whether the
 * report of `inspect` matches the outcome, and both of them.
 */
object VerifyAll {
  def main(args: Array[String]): Unit =
    for (folder <- args; model <- TestModels.in(Paths.get(folder))) {
      val spec = ModelSpec(model.toString)
      val line =
        try {
          val report = ModelVerifier.verify(spec)
          s"${report.difference}\t${report.outputs.map(_.tolerance).max}\t"
        } catch { case NonFatal(failed) => s"none\t0\t${OneLine.of(failed.getMessage)}" }
      println(s"RESULT\t${model.getFileName}\t$line")
      SaidAndDone.of(spec).foreach { found =>
        val (said, done) = (found.said.getOrElse("runs"), found.done.getOrElse("ran"))
        println(s"SAID\t${model.getFileName}\t${found.agree}\t${found.signature}\t$said\t$done")
      }
      ModelCache.shared.clear()
    }
}
