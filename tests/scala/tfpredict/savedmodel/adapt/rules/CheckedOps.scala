package tfpredict.savedmodel.adapt.rules

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.{Graph, Session}

import tfpredict.engine.tensorflow1.NativeLibraries
import tfpredict.savedmodel.advisories.{CaseGraph, OpCase}

/** Runs ops in the runtime, behind the checks. */
abstract class CheckedOps extends AnyFunSuite {
  NativeLibraries.load()

  /** The failure, if any, when no value and no shape is known in advance. */
  protected def failure(text: String): Option[String] = {
    val made = new CaseGraph(OpCase.of(s"none | $text"), hidden = true)
    val graph = new Graph
    try {
      graph.importGraphDef(made.bytes)
      val session = new Session(graph)
      try {
        session.runner().addTarget(made.last).run()
        None
      } finally session.close()
    } catch { case failed: RuntimeException => Some(failed.getMessage) }
    finally graph.close()
  }

  protected val broken = "breaks its condition"

  protected def check(what: String)(good: String*)(bad: (String, String)*): Unit =
    test(s"$what: a result if it holds, an error if not") {
      good.foreach(text => assert(failure(text).isEmpty, text))
      bad.foreach { case (text, words) =>
        assert(failure(text).exists(_.contains(words)), s"$text: ${failure(text)}")
      }
    }
}
