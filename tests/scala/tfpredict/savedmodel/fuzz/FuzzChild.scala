package tfpredict.savedmodel.fuzz

import scala.io.Source
import scala.util.control.NonFatal

import org.tensorflow.{Graph, Session, Tensor}

import tfpredict.Threads
import tfpredict.engine.tensorflow1.{NativeLibraries, TfJavaOptions}

/**
 * A process that may crash. It reads names of cases from standard input, and prints each outcome on
 * one line.
 */
object FuzzChild {

  /** The start of its own lines, since ops print too. */
  val Mark = "@outcome "

  def main(args: Array[String]): Unit = {
    NativeLibraries.load()
    println(s"\n${Mark}ready")
    Source.stdin.getLines().foreach { line =>
      val outcome =
        try run(FuzzedCase.parse(line))
        catch {
          case NonFatal(failed) => s"broken ${failed.getClass.getSimpleName} ${failed.getMessage}"
        }
      println(s"\n$Mark${outcome.filter(_ >= ' ').take(400)}")
    }
  }

  private def run(named: FuzzedCase): String = {
    val made = new CaseGraph(OpCase.of(OpCase.ops(named.op), named.lineage))
    made.adapted match {
      case Left(why) => s"refused $why"
      case Right(graph) =>
        try {
          run(graph.toByteArray, made)
          "ok"
        } catch {
          case failed: RuntimeException => s"error ${failed.getMessage}"
        }
    }
  }

  private def run(definition: Array[Byte], made: CaseGraph): Unit = {
    val graph = new Graph
    try {
      graph.importGraphDef(definition)
      val session = new Session(graph, TfJavaOptions.session(Threads(2, 2)))
      try {
        val runner = session.runner().setOptions(TfJavaOptions.run(Timeout)).addTarget(made.target)
        val fed = made.feeds.map { case (name, bytes) =>
          val tensor = Tensor.create(bytes)
          runner.feed(name, tensor)
          tensor
        }
        try runner.run()
        finally fed.foreach(_.close())
      } finally session.close()
    } finally graph.close()
    ()
  }

  private val Timeout = 1000L // milliseconds
}
