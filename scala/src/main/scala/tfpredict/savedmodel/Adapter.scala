package tfpredict.savedmodel

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, FunctionDefLibrary, MetaGraphDef, NodeDef, SavedModel}

import tfpredict.{ModelSpec, UnsupportedModelException}

/**
 * Makes a SavedModel of a newer TensorFlow one that the runtime loads, without changing what it
 * computes: keeps what the signatures and loading need, drops the rest (the save function among
 * it), and drops attributes that the runtime does not know where an [[AttributeRule]] says that
 * they change nothing. Anything else is refused by the name of its op and node.
 */
private[tfpredict] object Adapter {

  /** What stands in the way of running a part of the graph. */
  final private case class Obstacle(node: NodeDef, function: Option[String], found: String) {
    override def toString: String =
      s"$found at node ${node.getName}${function.fold("")(f => s" in function $f")}"
  }

  /**
   * The model as the runtime may see it, with every signature that it can run, so that one copy of
   * the variables serves them all.
   *
   * @throws UnsupportedModelException
   *   if the spec's own signature cannot run
   */
  def adapt(
      model: ModelSpec,
      graph: MetaGraphDef,
      registry: OpRegistry = OpRegistry.runtime
  ): SavedModel = {
    val serving = new ServingGraph(graph)
    val rewriter = new Rewriter(serving, registry, exporterOf(graph))
    val loading = serving.ofLoading
    refuse(model, rewriter.obstacles(loading))

    val signatures = SavedModelReader.signatureDefs(graph)
    val reaches = signatures.mapValues(serving.ofSignature).map(identity)
    refuse(model, rewriter.obstacles(reaches(model.signature)))
    val runnable = reaches.filter { case (_, reach) => rewriter.obstacles(reach).isEmpty }
    val kept = runnable.values.foldLeft(loading)(_ ++ _)

    val adapted = graph.toBuilder
    // The object graph describes the model to Python; the runtime parses it for nothing.
    adapted.clearObjectGraphDef()
    (signatures.keySet -- runnable.keySet).foreach(adapted.removeSignatureDef)
    adapted.getGraphDefBuilder
      .clearNode()
      .addAllNode(
        graph.getGraphDef.getNodeList.asScala
          .filter(node => kept.nodes(node.getName))
          .map(rewriter.rewrite)
          .asJava
      )
      .setLibrary(
        FunctionDefLibrary
          .newBuilder()
          .addAllFunction(
            graph.getGraphDef.getLibrary.getFunctionList.asScala
              .filter(function => kept.functions(function.getSignature.getName))
              .map(rewriter.rewrite)
              .asJava
          )
      )
    SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(adapted).build()
  }

  /** The op definitions of the TensorFlow that wrote the model. */
  private def exporterOf(graph: MetaGraphDef): OpRegistry =
    new OpRegistry(graph.getMetaInfoDef.getStrippedOpList)

  private def refuse(model: ModelSpec, obstacles: Seq[Obstacle]): Unit =
    if (obstacles.nonEmpty) {
      val shown = obstacles.take(5).mkString("; ")
      val more = if (obstacles.size > 5) s"; and ${obstacles.size - 5} more" else ""
      throw new UnsupportedModelException(
        model.describe,
        "ops and attributes that TensorFlow 1.15 has",
        shown + more,
        "Export the model without the layer that makes it, or with another that does the same."
      )
    }

  private class Rewriter(serving: ServingGraph, registry: OpRegistry, exporter: OpRegistry) {

    def obstacles(reach: Reach): Seq[Obstacle] = {
      val inGraph = reach.nodes.toSeq.sorted.flatMap(name => obstacle(serving.nodes(name), None))
      val inFunctions = for {
        name <- reach.functions.toSeq.sorted
        node <- serving.functions(name).getNodeDefList.asScala
        found <- obstacle(node, Some(name))
      } yield found
      inGraph ++ inFunctions
    }

    def rewrite(node: NodeDef): NodeDef = {
      val dropped = unknown(node)
      if (dropped.isEmpty) node
      else {
        val builder = node.toBuilder
        dropped.foreach(builder.removeAttr)
        builder.build()
      }
    }

    def rewrite(function: FunctionDef): FunctionDef = {
      val builder = function.toBuilder
      builder.clearNodeDef()
      builder.addAllNodeDef(function.getNodeDefList.asScala.map(rewrite).asJava)
      builder.build()
    }

    private def obstacle(node: NodeDef, function: Option[String]): Option[Obstacle] =
      if (isCall(node)) None
      else if (!registry.contains(node.getOp)) Some(Obstacle(node, function, s"op ${node.getOp}"))
      else
        unknown(node)
          .find(attribute => !mayDrop(node, attribute))
          .map(attribute => Obstacle(node, function, s"attribute $attribute of op ${node.getOp}"))

    private def mayDrop(node: NodeDef, attribute: String): Boolean =
      AttributeRules.all.exists(
        _.mayDrop(node, attribute, node.getAttrOrThrow(attribute), exporter)
      )

    /**
     * Attributes that the op does not have in the runtime. A leading underscore marks a hint, which
     * any op may have.
     */
    private def unknown(node: NodeDef): Seq[String] =
      if (isCall(node)) Nil
      else
        node.getAttrMap.keySet.asScala.toSeq.sorted
          .filterNot(name => name.startsWith("_") || registry.hasAttribute(node.getOp, name))

    private def isCall(node: NodeDef): Boolean = serving.functions.contains(node.getOp)
  }
}
