package tfpredict.model

import tfpredict.ModelSpec

/**
 * The result of `Tfpredict.adapt`: a SavedModel for programs that use the engine's TensorFlow
 * without tfpredict.
 *
 * @param spec
 *   the original model, with its version and fingerprint resolved
 * @param folder
 *   the absolute path of the new SavedModel. Its graph has the tag `serve`.
 * @param signatures
 *   the signatures that it has
 * @param leftOut
 *   the original model's other signatures, which the engine cannot run. [[Tfpredict.inspect]] gives
 *   the reasons.
 * @since 0.1.0
 */
final case class AdaptReport(
    spec: ModelSpec,
    folder: String,
    signatures: Seq[String],
    leftOut: Seq[String]
)
