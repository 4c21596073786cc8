package tfpredict.model

import tfpredict.ModelSpec

/**
 * How a model answered the examples kept with it.
 *
 * @param skipped
 *   signatures whose examples were not replayed, since the runtime cannot run them
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
 * @param rows
 *   the examples' rows
 * @param difference
 *   the largest between this JVM's answers and those that TensorFlow gave when the model was
 *   exported: of floats relative to the answer where that is over 1; of all others 0 or infinity
 * @param tolerance
 *   what it may be: 1e-5, as other kernels sum in another order, and 1e-2 for a model that rounds
 *   to float16 or bfloat16
 * @since 0.1.0
 */
final case class VerifiedOutput(
    signature: String,
    output: String,
    rows: Long,
    difference: Double,
    tolerance: Double
)
