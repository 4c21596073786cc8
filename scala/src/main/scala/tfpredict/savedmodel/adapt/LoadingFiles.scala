package tfpredict.savedmodel.adapt

import java.nio.file.{InvalidPathException, Paths}

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AssetFileDef, MetaGraphDef, NodeDef}

/**
 * Finds the files that loading a model reads: its checkpoint and its assets. The runtime sets their
 * paths in two kinds of tensors, only during restore and initialization. At other times the model's
 * author chose the tensors' values.
 */
final private[savedmodel] class LoadingFiles(graph: MetaGraphDef, serving: => ServingGraph) {
  import LoadingFiles._

  private val saver = graph.getSaverDef
  private val checkpoint = Set(saver.getFilenameTensorName).filter(_.nonEmpty).map(tensorOf)
  private val assets = graph.getAssetFileDefList.asScala.map(tensorOf).toSet

  /** Whether a restore node reads only the model's own checkpoint. */
  def isRestore(node: NodeDef, function: Option[String]): Boolean =
    Restores(node.getOp) && node.getInputCount > 0 &&
      leads(checkpoint, node.getInput(0), function)

  /** Whether an initialization node fills a table from one of the model's own assets. */
  def isTableOfAsset(node: NodeDef, function: Option[String]): Boolean =
    Tables(node.getOp) && node.getInputCount > 1 && leads(assets, node.getInput(1), function)

  /** Names of assets that are not in the model's folder `assets`. */
  def foreignAssets: Seq[String] =
    graph.getAssetFileDefList.asScala.map(_.getFilename).filterNot(isInside).distinct.toSeq

  // In a function: whether the input is an argument, and every call passes one of the tensors.
  private def leads(
      tensors: Set[String],
      input: String,
      function: Option[String],
      seen: Set[(String, String)] = Set.empty
  ): Boolean = function match {
    case None => leads(tensors, tensorOf(input), Most)
    case Some(name) =>
      val arguments = serving.functions(name).getSignature.getInputArgList.asScala.map(_.getName)
      val index = arguments.indexOf(input)
      val calls = serving.callsOf(name)
      index >= 0 && !seen((name, input)) && calls.nonEmpty && calls.forall { case (call, place) =>
        // A loop's body may get other values than the loop's inputs.
        (Calls(call.getOp) || call.getOp == name) && index < call.getInputCount &&
        leads(tensors, call.getInput(index), place, seen + ((name, input)))
      }
  }

  // The tensor itself, or a variable if loading assigns only that tensor to it.
  private def leads(tensors: Set[String], tensor: String, steps: Int): Boolean =
    tensors(tensor) || steps > 0 && tensor.endsWith(":0") &&
      serving.nodes.get(ServingGraph.nodeOf(tensor)).exists { node =>
        def from(node: NodeDef, index: Int) =
          node.getInputCount > index && leads(tensors, tensorOf(node.getInput(index)), steps - 1)
        node.getOp match {
          case "Identity" => from(node, 0)
          case "ReadVariableOp" =>
            val handle = node.getInput(0)
            val assigned = serving.nodes.values.filter { other =>
              other.getOp == "AssignVariableOp" && other.getInput(0) == handle
            }
            assigned.nonEmpty && assigned.forall(from(_, 1))
          case _ => false
        }
      }
}

private[savedmodel] object LoadingFiles {

  // Maximum steps from an op to a file's name. No real model has as many.
  private val Most = 50

  private val Restores = Set("RestoreV2", "Restore", "RestoreSlice")
  private val Tables = Set("InitializeTableFromTextFile", "InitializeTableFromTextFileV2")
  private val Calls = Set("PartitionedCall", "StatefulPartitionedCall")

  private def tensorOf(asset: AssetFileDef): String = tensorOf(asset.getTensorInfo.getName)

  /** `name` and `name:0` are the same tensor. */
  private def tensorOf(input: String): String = if (input.contains(":")) input else s"$input:0"

  private def isInside(asset: String): Boolean =
    try {
      val path = Paths.get(asset)
      asset.nonEmpty && !path.isAbsolute && path.normalize == path && !path.startsWith("..")
    } catch { case _: InvalidPathException => false }
}
