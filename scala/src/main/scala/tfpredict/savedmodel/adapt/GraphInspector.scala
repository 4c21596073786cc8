package tfpredict.savedmodel.adapt

import org.tensorflow.framework.MetaGraphDef

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.format.SavedModelFile

/** Reports the changes that the [[Adapter]] would make to a graph, without making them. */
final private[tfpredict] class GraphInspector(graph: MetaGraphDef, allowedOps: Set[String])(implicit
    catalog: OpCatalog
) {
  private val serving = new ServingGraph(graph)
  private val rewriter = NodeRewriter.of(graph, serving, allowedOps)

  val signatures: Seq[String] = SavedModelFile.signatureDefs(graph).keys.toSeq.sorted

  val ops: Int = serving.nodes.size + serving.functions.values.map(_.getNodeDefCount).sum

  def producer: String = graph.getMetaInfoDef.getTensorflowVersion

  /** Number of nodes that a signature and loading need. */
  def ops(signature: String): Int = {
    val needed = reach(signature)
    needed.nodes.size + needed.functions.toSeq.map(serving.functions(_).getNodeDefCount).sum
  }

  def rewrites(signature: String): Seq[Rewrite] = rewriter.rewrites(reach(signature))

  def refusals(signature: String): Seq[String] =
    serving.files.foreignAssets.map(asset =>
      s"the asset $asset, which is not in the folder assets"
    ) ++
      (rewriter.ofLoading ++ rewriter.obstacles(own(signature))).map(_.toString).distinct ++
      StateObstacles.of(serving, SavedModelFile.signatureDefs(graph)(signature), Nil).map(_._1)

  private def reach(signature: String): Reach = serving.ofLoading ++ own(signature)

  private def own(signature: String): Reach =
    serving.ofSignature(SavedModelFile.signatureDefs(graph)(signature))
}
