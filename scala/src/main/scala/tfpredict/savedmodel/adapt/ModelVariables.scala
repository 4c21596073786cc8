package tfpredict.savedmodel.adapt

import java.io.IOException
import java.nio.file.{Files, Path}

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.util.Try

import org.tensorflow.framework.{MetaGraphDef, NodeDef, TensorShapeProto}

import tfpredict.engine.OpCatalog
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.format.{SavedModelFile, VariableIndex}
import tfpredict.savedmodel.store.WrongPlace
import tfpredict.tensor.DType
import tfpredict.{ModelLoadException, ModelSpec}

/**
 * Checks that loading restores all variables of a signature, in plain JVM code. The runtime loads a
 * model even without its variables, and then fails at the first run.
 */
final private[tfpredict] class ModelVariables(graph: MetaGraphDef, directory: Path)(implicit
    catalog: OpCatalog
) {
  private val serving = new ServingGraph(graph)
  private val assigned = variables(serving.ofLoading)
  private val folder = directory.resolve("variables")
  private lazy val index = VariableIndex.read(folder.resolve("variables.index"))

  /**
   * @throws ModelLoadException
   *   if a variable of the spec's signature would have no value
   */
  def check(model: ModelSpec): Unit = {
    SavedModelFile.signatureDefs(graph).get(model.signature).foreach { signature =>
      val lost = (variables(serving.ofSignature(signature)) -- assigned).toSeq.sorted
      if (lost.nonEmpty) {
        val more = if (lost.size > 5) s" and ${lost.size - 5} more" else ""
        throw new ModelLoadException(
          ErrorClass.VariablesMissing,
          model.label,
          "a model that restores all variables of its signature",
          s"${lost.size} that nothing restores: ${lost.take(5).mkString(", ")}$more",
          "If you trust the model, write it again with TensorFlow's Python, which may restore them. " +
            "In the shell: " + WrongPlace.exporting(
              model.version.fold(model.path)(version => s"${model.path}/$version")
            )
        )
      }
    }
    if (assigned.nonEmpty && serving.restores) checkFiles(model)
  }

  private def checkFiles(model: ModelSpec): Unit = {
    val file = folder.resolve("variables.index")
    if (!Files.isRegularFile(file)) refuse(model, s"the model's variables in $folder", "none")
    val found =
      try index
      catch {
        case broken @ (_: IllegalArgumentException | _: IOException) =>
          refuse(
            model,
            "complete variables",
            s"a damaged $file: ${broken.getMessage.stripPrefix("requirement failed: ")}",
            broken,
            ErrorClass.ModelDamaged
          )
      }
    val missing = (restored -- found.tensors).toSeq.sorted
    if (missing.nonEmpty) {
      refuse(
        model,
        s"${restored.size} tensors in $file",
        s"${missing.size} missing: ${missing.take(5).mkString(", ")}"
      )
    }
    checkValues(model, found)
    for ((shard, length) <- found.shardLengths) {
      val data = folder.resolve(found.shardName(shard))
      val size = if (Files.isRegularFile(data)) Files.size(data) else -1L
      if (size < length) {
        refuse(model, s"$length bytes in $data", if (size < 0) "none" else s"$size")
      }
    }
  }

  private def variables(reach: Reach): Set[String] =
    ModelVariables.handles(serving, reach).map(serving.identify).toSet

  // The runtime accepts a value of any shape for a variable, so this checks it.
  private def checkValues(model: ModelSpec, found: VariableIndex): Unit =
    for {
      node <- serving.ofRestoring.nodes.toSeq.sorted.map(serving.nodes)
      if node.getOp == "AssignVariableOp" && node.getInputCount > 1
      handle <- serving.scope.node(node.getInput(0)).toSeq
      if handle.getOp == "VarHandleOp" && Seq("dtype", "shape").forall(handle.containsAttr)
      name <- restoredAs(node.getInput(1)).toSeq
      entry <- found.entries.get(name)
    } {
      val dtype = handle.getAttrOrThrow("dtype").getTypeValue
      val shape = handle.getAttrOrThrow("shape").getShape
      if (entry.getDtypeValue != dtype || !ObjectGraph.fits(entry.getShape, shape)) {
        refuse(
          model,
          s"a value of ${shown(dtype, shape)} for the variable ${handle.getName}",
          s"$name of ${shown(entry.getDtypeValue, entry.getShape)} in the checkpoint"
        )
      }
    }

  private def shown(dtype: Int, shape: TensorShapeProto): String =
    s"${DType.ofNumber(dtype)}${SavedModelFile.shape(shape)}"

  // The name of the complete checkpoint tensor that a value is, or none.
  @tailrec
  private def restoredAs(value: String, steps: Int = 10): Option[String] =
    serving.scope.node(value) match {
      case Some(node) if node.getOp == "Identity" && node.getInputCount > 0 && steps > 0 =>
        restoredAs(node.getInput(0), steps - 1)
      case Some(node) if node.getOp == "RestoreV2" && node.getInputCount > 2 =>
        val index = Try(value.drop(node.getName.length + 1).toInt).getOrElse(0)
        def at(input: Int) = serving.scope
          .constant(node.getInput(input))
          .filter(_.getStringValCount > index)
          .map(_.getStringVal(index).toStringUtf8)
        at(2).filter(_.isEmpty).flatMap(_ => at(1))
      case _ => None
    }

  /** The names of the tensors that loading reads from the checkpoint. */
  private lazy val restored: Set[String] = {
    val loading = serving.ofLoading
    val bodies = (serving.scope, loading.nodes.toSeq.map(serving.nodes)) +:
      loading.functions.toSeq.map { name =>
        (rules.Scope.of(serving.functions(name)), serving.functions(name).getNodeDefList.asScala)
      }
    val names = for {
      (scope, nodes) <- bodies
      node <- nodes
      if node.getOp == "RestoreV2" && node.getInputCount > 1
      constant <- scope.constant(node.getInput(1)).toSeq
      name <- constant.getStringValList.asScala
    } yield name.toStringUtf8
    names.toSet
  }

  private def refuse(
      model: ModelSpec,
      expected: String,
      found: String,
      cause: Throwable = null,
      error: ErrorClass = ErrorClass.VariablesMissing
  ): Nothing =
    throw new ModelLoadException(
      error,
      model.label,
      expected,
      found,
      "Copy or export the complete model again.",
      cause
    )
}

private[savedmodel] object ModelVariables {
  private val Ops = Set("VarHandleOp", "VariableV2", "Variable")

  /** The variables among the graph's reachable nodes. */
  def handles(serving: ServingGraph, reach: Reach): Seq[NodeDef] =
    reach.nodes.toSeq.sorted.map(serving.nodes).filter(node => Ops(node.getOp))
}
