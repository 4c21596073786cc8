package tfpredict.savedmodel.draw

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{MetaGraphDef, NodeDef}

import tfpredict.savedmodel.adapt.rules.RaggedTensors
import tfpredict.savedmodel.format.SavedModelFile

/**
 * The layers of a signature, for a drawing. Nodes whose names start with the same scope are one
 * layer, since layers put their names first. A node outside any scope is a layer of its own.
 */
final private[tfpredict] class LayerGraph(graph: MetaGraphDef) {
  import LayerGraph._

  def layers(signature: String): Seq[LayerInfo] = {
    val flat = new FlatGraph(graph.getGraphDef)
    val definition = SavedModelFile.signatureDefs(graph)(signature)
    val feeds = definition.getInputsMap.asScala.map { case (name, tensor) =>
      tensor.getName.takeWhile(_ != ':') -> name
    }
    val fetches = definition.getOutputsMap.asScala.toSeq
      .filterNot(output => RaggedTensors.isSplits(output._1))
      .sortBy(_._1)
      .map { case (name, tensor) => name -> flat.root.origin(tensor.getName, _ => false) }

    val edges = reached(flat)(fetches.flatMap(_._2))
    val drawn = edges.keys.filterNot(placed => isFeed(placed.node) || isSource(placed.node)).toSeq
    val outer = sharedScope(drawn.map(_.node.getName))

    def box(placed: flat.Placed): Option[String] =
      if (isFeed(placed.node)) feeds.get(placed.node.getName).map(inputPrefix + _)
      else if (isSource(placed.node)) None
      else Some(layerPrefix + layerOf(placed.node.getName.stripPrefix(outer)))

    // `edges` lists sources first, so a box comes after all boxes that it reads.
    val order = mutable.LinkedHashMap.empty[String, mutable.LinkedHashSet[flat.Placed]]
    feeds.values.toSeq.sorted.foreach(name =>
      order(inputPrefix + name) = mutable.LinkedHashSet.empty
    )
    edges.keys.foreach { placed =>
      box(placed).foreach(order.getOrElseUpdate(_, mutable.LinkedHashSet.empty) += placed)
    }
    val index = order.keys.zipWithIndex.toMap

    def read(name: String, members: Iterable[flat.Placed]): LayerInfo = {
      val from = members.toSeq.flatMap(edges).flatMap(box).filter(_ != name).map(index).distinct
      val variables = members.flatMap(edges).filter(source => isVariable(source.node)).toSeq
      val ops = members.map(_.node.getOp).filterNot(quiet).toSeq.distinct
      if (name.startsWith(inputPrefix)) {
        LayerInfo("input", name.stripPrefix(inputPrefix), Nil, 0L, Nil)
      } else {
        val elements = variables.distinct.map(variable => size(variable.node)).sum
        LayerInfo("layer", name.stripPrefix(layerPrefix), ops, elements, from.sorted)
      }
    }

    order.map { case (name, members) => read(name, members) }.toSeq ++
      fetches.map { case (name, made) =>
        LayerInfo("output", name, Nil, 0L, made.flatMap(box).map(index).toSeq)
      }
  }

  /** Each reachable node with its direct sources. Sources come first. */
  private def reached(flat: FlatGraph)(from: Seq[flat.Placed])
      : mutable.LinkedHashMap[flat.Placed, Seq[flat.Placed]] = {
    val done = mutable.LinkedHashMap.empty[flat.Placed, Seq[flat.Placed]]
    val seen = mutable.HashMap.empty[flat.Placed, Seq[flat.Placed]]
    // An explicit stack, since a graph may be deeper than the thread's stack.
    val pending = mutable.ArrayStack[flat.Placed](from.reverse: _*)
    while (pending.nonEmpty) {
      val placed = pending.top
      seen.get(placed) match {
        case Some(sources) =>
          pending.pop()
          if (!done.contains(placed)) done(placed) = sources
        case None =>
          val sources = placed.node.getInputList.asScala
            .filterNot(_.startsWith("^"))
            .flatMap(placed.body.origin(_, _.getName.contains('/')))
          seen(placed) = sources.toSeq
          sources.reverse.filterNot(seen.contains).foreach(pending.push(_))
      }
    }
    done
  }
}

private object LayerGraph {
  private val inputPrefix = "input "
  private val layerPrefix = "layer "

  private val quiet = Set("Identity", "NoOp", "Const", "ReadVariableOp")

  private def isFeed(node: NodeDef): Boolean = node.getOp == "Placeholder"

  private def isVariable(node: NodeDef): Boolean =
    node.getOp == "VarHandleOp" || node.getOp == "VariableV2"

  /** Inputs of a layer that no other layer computes. */
  private def isSource(node: NodeDef): Boolean =
    isVariable(node) || node.getOp == "Const" || node.getOp.startsWith("HashTable")

  private def size(variable: NodeDef): Long =
    variable.getAttrOrThrow("shape").getShape.getDimList.asScala.map(_.getSize).product

  /** The model's own scope, which precedes its layers' scopes. */
  private def sharedScope(names: Seq[String]): String = {
    val scopes = names.filter(_.contains('/')).map(_.takeWhile(_ != '/')).distinct
    val isOutside = names.exists(_.count(_ == '/') >= 2)
    if (scopes.size == 1 && isOutside) scopes.head + "/" else ""
  }

  private def layerOf(name: String): String = name.takeWhile(_ != '/')
}
