package tfpredict.savedmodel.adapt

import scala.collection.mutable

import org.tensorflow.framework.MetaGraphDef

import tfpredict.engine.OpCatalog
import tfpredict.messages.ErrorClass
import tfpredict.{ModelSpec, UnsupportedModelException}

/**
 * Limits the depth of a model's function calls, and the size of the graph that they make. The
 * runtime replaces each call by the function's nodes, recursively on its stack. So the process ends
 * for a function that calls itself, even behind a condition. It also ends for a chain of some
 * hundred functions. Thirty functions that each call the next one twice would make a graph of a
 * billion nodes.
 */
private[savedmodel] object FunctionDepth {

  /** Maximum levels of calls. A thread's stack has room for many more. */
  val Most = 128

  /** Maximum nodes after all calls are replaced. Real models have far fewer. */
  val MostNodes = 2000000

  /**
   * @throws UnsupportedModelException
   *   if a function calls itself, the chain is too long, or the graph would be too large
   */
  def check(model: ModelSpec, graph: MetaGraphDef)(implicit catalog: OpCatalog): Unit = {
    val serving = new ServingGraph(graph)
    val each = serving.bodies.map { case (name, body) =>
      name -> body.values.toSeq.flatMap(serving.called)
    }
    val calls = each.map { case (name, called) => name -> called.toSet }
    // Levels below each function, and its nodes after all calls are replaced. Functions without
    // calls come first.
    val depths = mutable.Map.empty[String, Int]
    val sizes = mutable.Map.empty[String, BigInt]
    def size(nodes: Int, called: Seq[String]): BigInt =
      called.foldLeft(BigInt(nodes))((sum, name) => sum + sizes(name))
    Uses.inOrder(calls).foreach { name =>
      depths(name) = calls(name).foldLeft(1)((deepest, called) => deepest.max(depths(called) + 1))
      sizes(name) = size(serving.bodies(name).size, each(name))
    }
    val circular = (calls.keySet -- depths.keySet).toSeq.sorted.headOption
    val deep = depths.toSeq.filter(_._2 > Most).sortBy(-_._2).headOption
    def refuse(error: ErrorClass, expected: String)(found: String): Nothing =
      throw new UnsupportedModelException(
        error,
        model.label,
        expected,
        found,
        "Write the repeated part as a loop, such as tf.while_loop, and export the model again."
      )
    circular.map(name => s"function $name, which calls itself, directly or through others")
      .orElse(deep.map { case (name, depth) => s"$depth levels below function $name" })
      .foreach(refuse(ErrorClass.GraphUnsafe, s"calls of functions over at most $Most levels"))
    val nodes = size(serving.nodes.size, serving.nodes.values.toSeq.flatMap(serving.called))
    if (nodes > MostNodes) {
      refuse(
        ErrorClass.GraphTooLarge,
        s"a graph of at most $MostNodes nodes, with each call replaced by its function's nodes"
      )(
        s"$nodes nodes"
      )
    }
  }
}
