package tfpredict

import java.nio.file.{Files, Paths}

import scala.util.control.NonFatal

import tfpredict.host.AtomicFolder

/**
 * Adapts every model of a folder into another folder. Prints a line per model, separated by tabs:
 * its name, the signatures left out, and the reason if it was refused.
 */
object AdaptAll {
  def main(args: Array[String]): Unit = {
    val Array(from, to) = args.map(Paths.get(_))
    for (model <- AtomicFolder.names(from).map(from.resolve(_)) if Files.isDirectory(model)) {
      val name = model.getFileName.toString
      val line =
        try {
          val known = Tfpredict.inspect(ModelSpec(model.toString)).signatures
          // Prefers a signature that runs.
          val chosen = known.find(_.runs).orElse(known.headOption).fold("serving_default")(_.name)
          val spec = ModelSpec(model.toString, signature = chosen)
          s"${Tfpredict.adapt(spec, to.resolve(name).toString).leftOut.mkString(",")}\t"
        } catch { case NonFatal(failed) => s"none\t${failed.getMessage.replaceAll("\\s+", " ")}" }
      println(s"ADAPTED\t$name\t$line")
    }
  }
}
