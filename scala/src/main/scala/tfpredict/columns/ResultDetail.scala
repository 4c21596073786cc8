package tfpredict.columns

/**
 * What a function's result holds beside its value; if anything, the result is a struct.
 *
 * @param hasError
 *   why there is no value
 * @param version
 *   the model's, which is null for one without versions
 */
final private[tfpredict] case class ResultDetail(hasError: Boolean, version: Option[Option[Long]]) {

  def isPlain: Boolean = !hasError && version.isEmpty

  /** The struct's fields, whatever stands for them, in their order. */
  def fields[A](value: A, error: A, ofVersion: Option[Long] => A): Seq[A] =
    Seq(value) ++ (if (hasError) Seq(error) else Nil) ++ version.map(ofVersion)
}
