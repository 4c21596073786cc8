package tfpredict.columns

/**
 * The fields of a function's result besides its value. If there are any, the result is a struct.
 *
 * @param hasError
 *   whether there is a field for the reason of a missing value
 * @param version
 *   the model's version, if there is a field for it. The field is null for a model without
 *   versions.
 */
final private[tfpredict] case class ResultDetail(hasError: Boolean, version: Option[Option[Long]]) {

  def isPlain: Boolean = !hasError && version.isEmpty

  /** Returns one item for each field of the struct, in the fields' order. */
  def fields[A](value: A, error: A, ofVersion: Option[Long] => A): Seq[A] =
    Seq(value) ++ (if (hasError) Seq(error) else Nil) ++ version.map(ofVersion)
}
