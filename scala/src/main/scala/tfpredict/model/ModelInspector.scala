package tfpredict.model

import java.nio.file.Path

import tfpredict.engine.Engine
import tfpredict.savedmodel.adapt.{
  ExampleFile,
  GraphInspector,
  ModelVariables,
  PreparedGraph,
  Signatures
}
import tfpredict.savedmodel.draw.{LayerGraph, LayerInfo}
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.savedmodel.store.{Checksums, ModelStore}
import tfpredict.{ModelSpec, Settings, TfpredictException}

/** Describes a model and checks whether it can run, in plain JVM code. */
private[tfpredict] object ModelInspector {
  import Engine.installed.catalog

  /**
   * Describes a model. If a signature cannot run, the result gives the reason.
   *
   * @throws TfpredictException
   *   if there is no complete model
   */
  def inspect(spec: ModelSpec, settings: Settings = Settings.default): ModelInfo = {
    val resolved = ModelStore.resolve(spec, settings)
    ModelStore.describe(resolved, settings)(inspect(resolved, settings, _))
  }

  /**
   * Returns the layers that each signature runs.
   *
   * @throws TfpredictException
   *   if there is no complete model
   */
  def layers(
      spec: ModelSpec,
      settings: Settings = Settings.default
  ): Map[String, Seq[LayerInfo]] = {
    val resolved = ModelStore.resolve(spec, settings)
    ModelStore.describe(resolved, settings) { directory =>
      Checksums.check(resolved, directory)
      val graph = PreparedGraph.of(resolved, SavedModelFile.read(resolved, directory))
      val drawn = new LayerGraph(graph)
      SavedModelFile.signatureDefs(graph).keys.map(name => name -> drawn.layers(name)).toMap
    }
  }

  private def inspect(resolved: ModelSpec, settings: Settings, directory: Path): ModelInfo = {
    Checksums.check(resolved, directory)
    val saved = SavedModelFile.read(resolved, directory)
    val graph = PreparedGraph.of(resolved, saved)
    val inspector = new GraphInspector(graph, settings.allowedOps)
    val variables = new ModelVariables(graph, directory)

    def signature(name: String): SignatureInfo = {
      val chosen = resolved.copy(signature = name, outputs = Nil)
      val read = attempt(Signatures.of(chosen, graph))
      val others = Seq(
        read.flatMap(signature => attempt(ModelDescription.checkColumns(chosen, signature))),
        attempt(variables.check(chosen))
      )
      val refusals = others.flatMap(_.left.toOption) ++ inspector.refusals(name)
      SignatureInfo(
        name,
        read.toSeq.flatMap(_.inputs).map(ColumnInfo.of),
        read.toSeq.flatMap(_.outputs).map(ColumnInfo.of),
        inspector.ops(name),
        inspector.rewrites(name),
        refusals,
        read.exists(!_.deterministic)
      )
    }

    ModelInfo(
      resolved,
      SavedModelFile.tagSets(saved),
      inspector.producer,
      inspector.ops,
      inspector.signatures.map(signature),
      examples(resolved, directory)
    )
  }

  private def examples(spec: ModelSpec, directory: Path): Seq[String] =
    ExampleFile.read(spec, directory).map(_.signature)

  /** Returns the result of `body`, or the reason that it is refused. */
  private def attempt[A](body: => A): Either[String, A] =
    try Right(body)
    catch {
      case refused: TfpredictException => Left(s"${refused.found}, expected ${refused.expected}")
    }
}
