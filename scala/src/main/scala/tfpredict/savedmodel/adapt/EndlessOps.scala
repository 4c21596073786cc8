package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{NodeDef, SavedModel}

import tfpredict.engine.OpCatalog

/** Ops that can run forever: loops, and ops that wait for another op or run. */
private[tfpredict] object EndlessOps {
  private val Loops = Set("Enter", "RefEnter", "While", "StatelessWhile", "For")
  private val Waiting = Set("MutexLock", "ReduceDataset", "DatasetToSingleElement")

  /** Whether the graph, or one of its functions, has such an op. */
  def isIn(model: SavedModel)(implicit catalog: OpCatalog): Boolean =
    model.getMetaGraphsList.asScala.exists { meta =>
      val graph = meta.getGraphDef
      graph.getNodeList.asScala.exists(isEndless) ||
      graph.getLibrary.getFunctionList.asScala.exists(_.getNodeDefList.asScala.exists(isEndless))
    }

  private def isEndless(node: NodeDef)(implicit catalog: OpCatalog): Boolean =
    Loops(node.getOp) || Waiting(node.getOp) ||
      catalog.classes.kindOf(node.getOp).exists(kind =>
        kind.startsWith("queue") || kind.startsWith("iterator")
      )
}
