package tfpredict.model

import java.nio.file.Path

import org.apache.spark.{TaskContext, TaskKilledException}
import org.slf4j.LoggerFactory

import tfpredict.engine.{Engine, EngineException, Fault}
import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.adapt.{ExampleFile, Examples, GraphInspector, PreparedGraph}
import tfpredict.savedmodel.store.ModelStore
import tfpredict.{ModelLoadException, ModelSpec, Settings}

/** Replays the examples kept with a model. */
private[tfpredict] object ModelVerifier {
  private val log = LoggerFactory.getLogger(getClass)

  /** The maximum difference of floats. Other kernels add in a different order. */
  val Tolerance = 1e-5

  /**
   * The same for a model that rounds to float16 or bfloat16. The latter has 8 bits of precision.
   */
  val OfSmallFloats = 1e-2

  /** Loads a model in a separate process, and replays all its examples there. */
  def verifyApart(spec: ModelSpec, settings: Settings = Settings.default): VerifyReport =
    ModelProcess.ask(spec, settings, "loads the model and replays its examples")(
      VerifyQuestion(spec, settings)
    )

  /** Loads a model into this JVM, if it is not loaded yet, and replays all its examples. */
  def verify(spec: ModelSpec, settings: Settings = Settings.default): VerifyReport = {
    val resolved = ModelStore.resolve(spec, settings)
    val (examples, loading) = ModelStore.use(resolved, settings) { directory =>
      val kept = ExampleFile.read(resolved, directory)
      (kept, kept.map(_.signature).find(runs(resolved, settings, directory)))
    }
    if (examples.isEmpty) {
      throw new ModelLoadException(
        ErrorClass.ExamplesMissing,
        resolved.label,
        s"examples in ${ExampleFile.Name}",
        "none",
        "Export the model with tfpredict.export(..., examples=batch)."
      )
    }
    // If no signature can run, loading fails with the reason.
    val signature = loading.getOrElse(examples.head.signature)
    val lease = ModelCache.shared.acquire(resolved.copy(signature = signature), settings)
    try {
      val (able, others) = split(lease.model, examples)
      VerifyReport(
        resolved,
        able.flatMap(replay(resolved, lease.model, _)),
        others.map(_.signature)
      )
    } finally lease.close()
  }

  private def runs(spec: ModelSpec, settings: Settings, directory: Path): String => Boolean = {
    import Engine.installed.catalog
    val graph = PreparedGraph.read(spec, directory)
    val inspector = new GraphInspector(graph, settings.allowedOps)
    signature =>
      inspector.signatures.contains(signature) && inspector.refusals(signature).isEmpty
  }

  // If another signature was requested, the adapter leaves out those that the runtime cannot run.
  private def split(
      model: LoadedModel,
      examples: Seq[Examples]
  ): (Seq[Examples], Seq[Examples]) =
    examples.partition(kept => !model.leftOut(kept.signature))

  /** Verifies a loaded model, unless that was done before. */
  def ensure(spec: ModelSpec, settings: Settings, model: LoadedModel): Unit =
    model.verification.of(ModelStore.use(spec, settings)(check(spec, model, _)))

  /** Refuses a model whose answers differ from TensorFlow's in an example of any signature. */
  def check(spec: ModelSpec, model: LoadedModel, directory: Path): Unit = {
    val (able, others) = split(model, ExampleFile.read(spec, directory))
    if (others.nonEmpty) {
      log.warn(
        s"Did not replay the examples of ${others.map(_.signature).mkString(", ")} of " +
          s"${spec.describe}: the runtime cannot run these signatures"
      )
    }
    for {
      examples <- able
      output <- replay(spec, model, examples) if output.difference > output.tolerance
    } throw new ModelLoadException(
      ErrorClass.ExamplesDiffer,
      spec.label,
      s"TensorFlow's own answers to the examples kept with the model, within ${output.tolerance}",
      s"a difference of ${output.difference} in output ${output.output} of signature " +
        output.signature,
      "Do not use this version. Export the model again and verify it."
    )
  }

  private def replay(
      spec: ModelSpec,
      model: LoadedModel,
      examples: Examples
  ): Seq[VerifiedOutput] = {
    val chosen = spec.copy(signature = examples.signature, outputs = Nil)
    val function = model.function(chosen)
    val inputs = function.signature.inputs.map { input =>
      examples.inputs.getOrElse(input.name, missing(chosen, s"an example for input ${input.name}"))
    }
    val task = Option(TaskContext.get())
    val found =
      try function.engine.run(inputs, () => task.exists(_.isInterrupted()))
      catch {
        // So that other callers that wait for this replay do not blame the model.
        case failed: EngineException if failed.fault == Fault.Cancelled =>
          throw new TaskKilledException(failed.reason)
        case failed: EngineException => throw failed.ofModel(chosen, function.signature, inputs)
      }
    function.signature.outputs.zip(found).map {
      case (output, tensor) =>
        val expected = examples.outputs
          .getOrElse(output.name, missing(chosen, s"an example for output ${output.name}"))
        VerifiedOutput(
          examples.signature,
          output.name,
          inputs.headOption.flatMap(_.shape.headOption).getOrElse(0L),
          Difference.between(tensor, expected),
          model.tolerance
        )
    }
  }

  private def missing(spec: ModelSpec, what: String): Nothing =
    throw new ModelLoadException(
      ErrorClass.ExamplesMissing,
      spec.label,
      what,
      "none",
      "Export the model again with examples."
    )
}

/** Loads a model and replays its examples. */
final private case class VerifyQuestion(spec: ModelSpec, settings: Settings)
    extends Question[VerifyReport] {
  override def answer(): VerifyReport = ModelVerifier.verify(spec, settings)
}
