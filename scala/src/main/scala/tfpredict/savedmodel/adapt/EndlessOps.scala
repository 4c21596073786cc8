package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{NodeDef, SavedModel}

import tfpredict.engine.OpCatalog

/** Ops that can run for ever: loops, and those that wait for what another op or run does. */
private[tfpredict] object EndlessOps {
  private val Loops = Set("Enter", "RefEnter", "While", "StatelessWhile", "For")
  private val Waiting = Set("MutexLock", "ReduceDataset", "DatasetToSingleElement")

  /** Whether the graph or a function of it has one. */
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
