package tfpredict.messages

/** A call that cannot be answered where or when it is made. */
final private[tfpredict] class IllegalUse(
    error: ErrorClass,
    expected: String,
    found: String,
    fix: String,
    model: String = ""
) extends IllegalStateException(error.message(expected, found, fix, model))
    with HasErrorClass {
  override def errorClass: String = error.name
}
