package tfpredict

import java.nio.file.{Files, Paths}

import scala.util.control.NonFatal

import tfpredict.host.WholeFolder

/**
 * Adapts every model of a folder into another: a line for each, its name, the signatures that were
 * left out, and why there is none, by tabs.
 */
object AdaptAll {
  def main(args: Array[String]): Unit = {
    val Array(from, to) = args.map(Paths.get(_))
    for (model <- WholeFolder.names(from).map(from.resolve(_)) if Files.isDirectory(model)) {
      val name = model.getFileName.toString
      val line =
        try {
          val known = Tfpredict.inspect(ModelSpec(model.toString)).signatures
          // Of those that run, as plain programs have no other way to one.
          val chosen = known.find(_.runs).orElse(known.headOption).fold("serving_default")(_.name)
          val spec = ModelSpec(model.toString, signature = chosen)
          s"${Tfpredict.adapt(spec, to.resolve(name).toString).leftOut.mkString(",")}\t"
        } catch { case NonFatal(failed) => s"none\t${failed.getMessage.replaceAll("\\s+", " ")}" }
      println(s"ADAPTED\t$name\t$line")
    }
  }
}
