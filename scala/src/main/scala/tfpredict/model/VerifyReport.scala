package tfpredict.model

import tfpredict.ModelSpec

/**
 * The differences between this JVM's answers to a model's examples and TensorFlow's own.
 *
 * @param spec
 *   the model, with its version and fingerprint resolved
 * @param outputs
 *   one entry for each output of each replayed signature
 * @param skipped
 *   the signatures whose examples were not replayed, since the runtime cannot run them
 * @since 0.1.0
 */
final case class VerifyReport(
    spec: ModelSpec,
    outputs: Seq[VerifiedOutput],
    skipped: Seq[String] = Nil
) {

  /** The largest of all differences. */
  def difference: Double = outputs.map(_.difference).max
}

/**
 * The comparison of one output.
 *
 * @param signature
 *   the signature's name
 * @param output
 *   the output's name
 * @param rows
 *   number of example rows
 * @param difference
 *   the largest difference from TensorFlow's answers at the time of export. For floats it is
 *   relative to the answer if that is greater than 1. For other dtypes it is 0 or infinite.
 * @param tolerance
 *   the maximum difference: 1e-5, since other kernels add in a different order, or 1e-2 for a model
 *   that rounds to float16 or bfloat16
 * @since 0.1.0
 */
final case class VerifiedOutput(
    signature: String,
    output: String,
    rows: Long,
    difference: Double,
    tolerance: Double
)
