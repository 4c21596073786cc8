package tfpredict.savedmodel

import java.io.IOException
import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.tensorflow.framework.{MetaGraphDef, NodeDef}

import tfpredict.{ModelLoadException, ModelSpec}

/**
 * Checks, in plain JVM code, that loading will give a signature's variables their values. The
 * runtime itself loads a model without its variables, and fails at the first run.
 */
private[tfpredict] object ModelVariables {

  private val Ops = Set("VarHandleOp", "VariableV2", "Variable")

  /** @throws ModelLoadException if a variable of the spec's signature would have no value */
  def check(model: ModelSpec, graph: MetaGraphDef, directory: Path): Unit = {
    val serving = new ServingGraph(graph)
    val loading = serving.ofLoading
    val assigned = variables(serving, loading)
    SavedModelReader.signatureDefs(graph).get(model.signature).foreach { signature =>
      val lost = (variables(serving, serving.ofSignature(signature)) -- assigned).toSeq.sorted
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
    if (assigned.nonEmpty && serving.restores) {
      checkFiles(model, directory.resolve("variables"), restored(serving, loading))
    }
  }

  private def checkFiles(model: ModelSpec, folder: Path, wanted: Set[String]): Unit = {
    val file = folder.resolve("variables.index")
    if (!Files.isRegularFile(file)) refuse(model, s"the variables of the model in $folder", "none")
    val index =
      try VariableIndex.read(file)
      catch {
        case broken @ (_: IllegalArgumentException | _: IOException) =>
          refuse(
            model,
            "whole variables",
            s"a damaged $file: ${broken.getMessage.stripPrefix("requirement failed: ")}",
            broken
          )
      }
    val missing = (wanted -- index.tensors).toSeq.sorted
    if (missing.nonEmpty) {
      refuse(
        model,
        s"${wanted.size} tensors in $file",
        s"${missing.size} missing: ${missing.take(5).mkString(", ")}"
      )
    }
    for ((shard, length) <- index.shardLengths) {
      val data = folder.resolve(f"variables.data-$shard%05d-of-${index.shards}%05d")
      val found = if (Files.isRegularFile(data)) Files.size(data) else -1L
      if (found < length) {
        val what = if (found < 0) "none" else s"$found"
        refuse(model, s"$length bytes in $data", what)
      }
    }
  }

  private def variables(serving: ServingGraph, reach: Reach): Set[String] =
    reach.nodes.map(serving.nodes).filter(node => Ops(node.getOp)).map(identify)

  // Two nodes with one shared name are one variable.
  private def identify(node: NodeDef): String =
    Option(node.getAttrMap.get("shared_name"))
      .map(_.getS.toStringUtf8)
      .filter(_.nonEmpty)
      .getOrElse(node.getName)

  /** The names of the tensors that loading reads from the checkpoint. */
  private def restored(serving: ServingGraph, loading: Reach): Set[String] = {
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
