package tfpredict.model

import java.nio.file.Path

import tfpredict.savedmodel.{ExampleFile, Examples, ModelStore}
import tfpredict.{ModelLoadException, ModelSpec, Settings, VerifiedOutput, VerifyReport}

/** Replays the examples that are kept with a model. */
private[tfpredict] object ModelVerifier {

  /** What floats may differ by: other kernels sum in another order. */
  val Tolerance = 1e-5

  /** Loads the model into this JVM, if it is not there yet, and replays all its examples. */
  def verify(spec: ModelSpec, settings: Settings = Settings.default): VerifyReport = {
    val resolved = ModelStore.resolve(spec, settings)
    val examples = ModelStore.use(resolved, settings)(ExampleFile.read(resolved, _))
    if (examples.isEmpty) {
      throw new ModelLoadException(
        resolved.describe,
        s"examples in ${ExampleFile.Name}",
        "none",
        "Export the model with tfpredict.export(..., examples=batch)."
      )
    }
    val lease =
      ModelCache.shared.acquire(resolved.copy(signature = examples.head.signature), settings)
    try VerifyReport(resolved, examples.flatMap(replay(resolved, lease.model, _)))
    finally lease.close()
  }

  /** Refuses a model that answers its own examples otherwise than TensorFlow did. */
  def check(spec: ModelSpec, model: LoadedModel, directory: Path): Unit =
    for {
      examples <- ExampleFile.read(spec, directory) if examples.signature == spec.signature
      output <- replay(spec, model, examples) if output.difference > Tolerance
    } throw new ModelLoadException(
      spec.describe,
      s"TensorFlow's own answers to the examples kept with the model, within $Tolerance",
      s"a difference of ${output.difference} in output ${output.output}",
      "Do not use this version; export the model again and verify it."
    )

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
    val found = function.engine.run(inputs)
    function.signature.outputs.zip(found).map {
      case (output, tensor) =>
        val expected = examples.outputs
          .getOrElse(output.name, missing(chosen, s"an example for output ${output.name}"))
        VerifiedOutput(
          examples.signature,
          output.name,
          inputs.headOption.flatMap(_.shape.headOption).getOrElse(0L),
          Difference.between(tensor, expected)
        )
    }
  }

  private def missing(spec: ModelSpec, what: String): Nothing =
    throw new ModelLoadException(spec.describe, what, "none", "Export the model again.")
}
