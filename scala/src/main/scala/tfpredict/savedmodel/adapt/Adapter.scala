package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDefLibrary, MetaGraphDef, SavedModel}

import tfpredict.engine.OpCatalog
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelSpec, UnsupportedModelException}

/**
 * Adapts a SavedModel of a newer TensorFlow to the runtime, without changing its results. It keeps
 * the nodes that the signatures and loading need, and drops the rest, such as the save function. It
 * drops attributes that the runtime does not know if an [[AttributeRule]] says that this changes
 * nothing. It rejects anything else, and names the op and the node.
 */
private[tfpredict] object Adapter {

  /**
   * The model as the runtime may load it, with every signature that can run. So one copy of the
   * variables serves all signatures.
   *
   * @throws UnsupportedModelException
   *   if the spec's own signature cannot run
   */
  def adapt(
      model: ModelSpec,
      graph: MetaGraphDef,
      allowedOps: Set[String] = Set.empty
  )(implicit catalog: OpCatalog): SavedModel = {
    val serving = new ServingGraph(graph)
    val rewriter = NodeRewriter.of(graph, serving, allowedOps)
    refuseForeign(model, serving.files.foreignAssets)
    refuse(model, rewriter.ofLoading)

    val signatures = SavedModelFile.signatureDefs(graph)
    val reaches = signatures.map { case (name, of) => name -> serving.ofSignature(of) }
    StateObstacles.check(model, serving, signatures(model.signature))
    refuse(model, rewriter.obstacles(reaches(model.signature)))
    val runnable = reaches.filter { case (_, reach) =>
      rewriter.obstacles(reach).isEmpty
    }
    val kept = runnable.values.foldLeft(serving.ofLoading)(_ ++ _)
    val nodes = graph.getGraphDef.getNodeList.asScala.filter(node => kept.nodes(node.getName))
    // If two functions share a name, only the one that was checked is kept.
    val functions = graph.getGraphDef.getLibrary.getFunctionList.asScala.filter { function =>
      val name = function.getSignature.getName
      kept.functions(name) && (serving.functions(name) eq function)
    }
    val rewritten = nodes.flatMap(rewriter.rewrite)
    val called = functions.map(rewriter.rewrite) ++ rewriter.added(kept)
    val conditions =
      LoopChecks.conditions(rewritten ++ called.flatMap(_.getNodeDefList.asScala))

    val adapted = graph.toBuilder
    // The object graph describes the model to Python. The runtime would parse it for nothing.
    adapted.clearObjectGraphDef()
    (signatures.keySet -- runnable.keySet).foreach(adapted.removeSignatureDef)
    adapted.getGraphDefBuilder
      .clearNode()
      .addAllNode(rewritten.flatMap(LoopChecks.of(_)).asJava)
      .setLibrary(
        FunctionDefLibrary
          .newBuilder()
          .addAllFunction(
            called
              .map(function =>
                LoopChecks.of(function, conditions(function.getSignature.getName))
              )
              .asJava
          )
      )
    SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(adapted).build()
  }

  private def refuseForeign(model: ModelSpec, assets: Seq[String]): Unit =
    if (assets.nonEmpty) {
      throw new UnsupportedModelException(
        ErrorClass.ForeignFile,
        model.label,
        "assets in the model's folder assets",
        s"the asset ${assets.head}",
        "Export the model again."
      )
    }

  private def refuse(model: ModelSpec, obstacles: Seq[Obstacle])(implicit
      catalog: OpCatalog
  ): Unit =
    if (obstacles.nonEmpty) {
      // Forbidden ops are reported before unsupported ones.
      val forbidden = obstacles.filter(_.isForbidden)
      val told = if (forbidden.isEmpty) obstacles else forbidden
      val more = if (told.size > 5) s"; and ${told.size - 5} more" else ""
      throw new UnsupportedModelException(
        if (forbidden.isEmpty) ErrorClass.UnsupportedOp else ErrorClass.OpNotAllowed,
        model.label,
        if (forbidden.isEmpty) s"ops and attributes that ${catalog.engine} has"
        else "a model that touches no files, processes, network or Python",
        told.take(5).mkString("; ") + more,
        Remedies.of(told.map(_.node.getOp).toSet, forbidden.nonEmpty)
      )
    }
}
