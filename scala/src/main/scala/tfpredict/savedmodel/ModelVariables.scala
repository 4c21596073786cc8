package tfpredict.savedmodel

import java.io.IOException
import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.tensorflow.framework.MetaGraphDef

import tfpredict.{ModelLoadException, ModelSpec}

/**
 * Checks, in plain JVM code, that loading will give a signature's variables their values. The
 * runtime itself loads a model without its variables, and fails at the first run.
 */
final private[tfpredict] class ModelVariables(graph: MetaGraphDef, directory: Path) {
  private val serving = new ServingGraph(graph)
  private val assigned = variables(serving.ofLoading)
  private val folder = directory.resolve("variables")
  private lazy val index = VariableIndex.read(folder.resolve("variables.index"))

  /** @throws ModelLoadException if a variable of the spec's signature would have no value */
  def check(model: ModelSpec): Unit = {
    SavedModelReader.signatureDefs(graph).get(model.signature).foreach { signature =>
      val lost = (variables(serving.ofSignature(signature)) -- assigned).toSeq.sorted
      if (lost.nonEmpty) {
        val more = if (lost.size > 5) s" and ${lost.size - 5} more" else ""
        throw new ModelLoadException(
          model.describe,
          "a model that restores all variables of its signature",
          s"${lost.size} that nothing restores: ${lost.take(5).mkString(", ")}$more",
          "Export it with tfpredict.export, which keeps track of every variable."
        )
      }
    }
    if (assigned.nonEmpty && serving.restores) checkFiles(model)
  }

  private def checkFiles(model: ModelSpec): Unit = {
    val file = folder.resolve("variables.index")
    if (!Files.isRegularFile(file)) refuse(model, s"the variables of the model in $folder", "none")
    val found =
      try index
      catch {
        case broken @ (_: IllegalArgumentException | _: IOException) =>
          refuse(
            model,
            "whole variables",
            s"a damaged $file: ${broken.getMessage.stripPrefix("requirement failed: ")}",
            broken
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
    for ((shard, length) <- found.shardLengths) {
      val data = folder.resolve(found.shardName(shard))
      val size = if (Files.isRegularFile(data)) Files.size(data) else -1L
      if (size < length) {
        refuse(model, s"$length bytes in $data", if (size < 0) "none" else s"$size")
      }
    }
  }

  private def variables(reach: Reach): Set[String] =
    reach.nodes.map(
      serving.nodes
    ).filter(node => ModelVariables.Ops(node.getOp)).map(serving.identify)

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
      cause: Throwable = null
  ): Nothing =
    throw new ModelLoadException(
      model.describe,
      expected,
      found,
      "Copy or export the model again, whole.",
      cause
    )
}

private object ModelVariables {
  val Ops: Set[String] = Set("VarHandleOp", "VariableV2", "Variable")
}
