package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.{AttrValue, MetaGraphDef, NodeDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.{Fragment, Scope}

/**
 * Translates datasets of later versions to the runtime's form, so that later code handles one form
 * only. They have the same elements in the same order. Source of all: `dataset_ops.cc` of 2.x.
 *
 *   - `ParallelMapDatasetV2` becomes an ordered `ParallelMapDataset`. Any order is allowed if the
 *     model asks for none, so the original order is too.
 *   - `ParallelBatchDataset` becomes `BatchDatasetV2`.
 *   - `OptionsDataset` only says how a dataset runs. It becomes a `TakeDataset` of all elements.
 */
private[savedmodel] object LaterForms {

  def translated(graph: MetaGraphDef)(implicit catalog: OpCatalog): MetaGraphDef = {
    val nodes = graph.getGraphDef.getNodeList.asScala
    val functions = graph.getGraphDef.getLibrary.getFunctionList.asScala
    if (!(nodes ++ functions.flatMap(_.getNodeDefList.asScala)).exists(isLater)) graph
    else {
      val builder = graph.toBuilder
      val scope = Scope.of(graph.getGraphDef)
      builder.getGraphDefBuilder.clearNode().addAllNode(nodes.flatMap(earlier(_, scope)).asJava)
      val library = builder.getGraphDefBuilder.getLibraryBuilder
      for ((function, index) <- functions.zipWithIndex) {
        val inside = Scope.of(function)
        val changed = function.getNodeDefList.asScala.flatMap(earlier(_, inside))
        library.setFunction(
          index,
          function.toBuilder.clearNodeDef().addAllNodeDef(changed.asJava).build()
        )
      }
      builder.build()
    }
  }

  private val Inputs =
    Map("ParallelMapDatasetV2" -> 1, "ParallelBatchDataset" -> 4, "OptionsDataset" -> 1)

  // With its required inputs. A node that lacks one is rejected later by its op's name.
  private def isLater(node: NodeDef): Boolean =
    Inputs.get(node.getOp).exists(StateFlow.dataInputs(node).size >= _)

  private def earlier(node: NodeDef, scope: Scope): Seq[NodeDef] =
    if (!isLater(node)) Seq(node)
    else {
      import scope.catalog
      val make = Fragment.inLoop(node, scope)
      val made = node.getOp match {
        case "ParallelMapDatasetV2" =>
          val calls = make.cast(make.inputs.last, DT_INT64, DT_INT32)
          make.finish("ParallelMapDataset", make.inputs.init :+ calls: _*)(
            attributes(node, "ParallelMapDataset") :+ ("sloppy" -> Fragment.flag(false)): _*
          )
        case "ParallelBatchDataset" =>
          val Seq(data, size, _, dropsRest) = make.inputs.take(4)
          make.finish("BatchDatasetV2", data, size, dropsRest)(
            attributes(node, "BatchDatasetV2"): _*
          )
        case _ =>
          make.finish("TakeDataset", make.inputs.head, make.long(-1))(
            attributes(node, "TakeDataset"): _*
          )
      }
      made.nodes
    }

  // The attributes that the runtime's op has too.
  private def attributes(node: NodeDef, op: String)(implicit
      catalog: OpCatalog
  ): Seq[(String, AttrValue)] =
    node.getAttrMap.asScala.toSeq.filter { case (name, _) =>
      catalog.ops.hasAttribute(op, name)
    }
}
