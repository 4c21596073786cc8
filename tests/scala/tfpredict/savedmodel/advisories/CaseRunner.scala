package tfpredict.savedmodel.advisories

import java.nio.file.Paths

import scala.collection.JavaConverters._
import scala.util.control.NonFatal

import com.google.protobuf.TextFormat
import org.tensorflow.framework.GraphDef
import org.tensorflow.{Graph, Session}

import tfpredict.Threads
import tfpredict.engine.tensorflow1.TfJavaOptions

/**
 * Runs cases in a process that a case may crash: `CaseRunner FILE FIRST`. Prints each case before
 * it runs, so that the parent knows which one crashed. Each case runs twice, constant and hidden.
 */
object CaseRunner {
  def main(arguments: Array[String]): Unit = {
    val Array(file, first) = arguments
    val cases = OpCase.all(Paths.get(file))
    for (index <- first.toInt until cases.size * 2) {
      println(s"begin $index")
      System.out.flush()
      println(s"end $index ${run(cases(index / 2), index % 2 == 1)}")
      System.out.flush()
    }
    // The runtime's threads may still run a part of a case.
    Runtime.getRuntime.halt(0)
  }

  private def run(test: OpCase, hidden: Boolean): String = {
    val refusal =
      if (test.text.isDefined) None else new CaseGraph(test, hidden).refusal
    refusal.fold(tried(test, hidden))(why => s"refused: $why")
  }

  private def tried(test: OpCase, hidden: Boolean): String = {
    val graph = new Graph()
    try {
      val (bytes, last) = test.text match {
        case Some(text) =>
          val damaged = GraphDef.newBuilder()
          TextFormat.merge(text, damaged)
          (damaged.build().toByteArray, damaged.getNodeList.asScala.last.getName)
        case None =>
          val built = new CaseGraph(test, hidden)
          (built.bytes, built.last)
      }
      graph.importGraphDef(bytes)
      val session = new Session(graph, TfJavaOptions.session(Threads(1, 2)))
      try {
        session.runner().addTarget(last).run()
        "answers"
      } finally session.close()
    } catch { case NonFatal(failed) => s"error: ${words(failed)}" }
    finally graph.close()
  }

  private def words(failed: Throwable): String =
    String.valueOf(failed.getMessage).replaceAll("\\s+", " ").trim.take(300)
}
