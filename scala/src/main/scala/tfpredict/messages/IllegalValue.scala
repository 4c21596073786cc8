package tfpredict.messages

/**
 * A value of a setting, an option or an argument that is refused. Scala's `require` puts words of
 * its own first.
 */
final private[tfpredict] class IllegalValue private (error: ErrorClass, message: String)
    extends IllegalArgumentException(message)
    with HasErrorClass {
  override def errorClass: String = error.name
}

private[tfpredict] object IllegalValue {

  def of(error: ErrorClass, expected: String, found: String, fix: String): IllegalValue =
    new IllegalValue(error, error.message(expected, found, fix))

  /** @throws IllegalArgumentException if it is not legal */
  def unless(isLegal: Boolean, error: ErrorClass)(
      expected: => String,
      found: => String,
      fix: => String
  ): Unit = if (!isLegal) throw of(error, expected, found, fix)
}
