package tfpredict.model

import tfpredict.ModelSpec

/**
 * A SavedModel that was written for programs of the engine's TensorFlow that have no tfpredict.
 *
 * @param spec
 *   the model that it was made of, with its version and fingerprint decided
 * @param folder
 *   where it is, absolute; its graph has the tag `serve`
 * @param signatures
 *   what a program can run
 * @param leftOut
 *   other signatures of the model, which the engine cannot run; [[Tfpredict.inspect]] says why
 * @since 0.1.0
 */
final case class AdaptReport(
    spec: ModelSpec,
    folder: String,
    signatures: Seq[String],
    leftOut: Seq[String]
)
