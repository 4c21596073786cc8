package tfpredict.savedmodel

import scala.collection.mutable

import org.tensorflow.framework.MetaGraphDef

import tfpredict.{ModelSpec, UnsupportedModelException}

/**
 * How deep a model's functions call each other. The runtime puts a function in the place of each
 * call, one level after another on its stack: a function that calls itself ends the process, and so
 * does a chain of some hundred functions. A condition around the call does not help.
 */
private[savedmodel] object FunctionDepth {

  /** Levels that a thread's stack has room for, by far. */
  val Most = 128

  /** @throws UnsupportedModelException if a function calls itself, or the chain is too long */
  def check(model: ModelSpec, graph: MetaGraphDef): Unit = {
    val serving = new ServingGraph(graph)
    val calls = serving.bodies.map { case (name, body) =>
      name -> body.values.flatMap(serving.called).toSet
    }
    // Levels below each function, of those that call no other first.
    val depths = mutable.Map.empty[String, Int]
    val callers = calls.toSeq
      .flatMap { case (name, called) => called.map(_ -> name) }
      .groupBy(_._1)
      .map { case (name, found) => name -> found.map(_._2) }
    val waiting = mutable.Map(calls.mapValues(_.size).toSeq: _*)
    val ready = mutable.Queue(calls.keys.filter(calls(_).isEmpty).toSeq.sorted: _*)
    while (ready.nonEmpty) {
      val name = ready.dequeue()
      depths(name) = calls(name).foldLeft(1)((deepest, called) => deepest.max(depths(called) + 1))
      callers.getOrElse(name, Nil).foreach { caller =>
        waiting(caller) -= 1
        if (waiting(caller) == 0) ready.enqueue(caller)
      }
    }
    val circular = (calls.keySet -- depths.keySet).toSeq.sorted.headOption
    val deep = depths.toSeq.filter(_._2 > Most).sortBy(-_._2).headOption
    circular.map(name => s"function $name, which calls itself or one that does")
      .orElse(deep.map { case (name, depth) => s"$depth below function $name" })
      .foreach { found =>
        throw new UnsupportedModelException(
          model.describe,
          s"functions that call each other, over at most $Most levels",
          found,
          "Write what is repeated as a loop, such as tf.while_loop, and export the model again."
        )
      }
  }
}
