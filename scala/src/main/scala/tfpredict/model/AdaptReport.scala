package tfpredict.model

import tfpredict.ModelSpec

/**
 * A SavedModel that was written for programs of TensorFlow 1.15.
 *
 * @param spec
 *   the model that it was made of, with its version and fingerprint decided
 * @param folder
 *   where it is, absolute; its graph has the tag `serve`
 * @param signatures
 *   what a program can run
 * @param leftOut
 *   other signatures of the model, which TensorFlow 1.15 cannot run; [[Tfpredict.inspect]] says why
 * @since 0.1.0
 */
final case class AdaptReport(
    spec: ModelSpec,
    folder: String,
    signatures: Seq[String],
    leftOut: Seq[String]
)
