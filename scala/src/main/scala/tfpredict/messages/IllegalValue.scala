package tfpredict.messages

/** Refuses a value of a setting or an argument. Scala's `require` puts words of its own first. */
private[tfpredict] object IllegalValue {

  /** @throws IllegalArgumentException with exactly these words */
  def unless(isLegal: Boolean, words: => String): Unit =
    if (!isLegal) throw new IllegalArgumentException(words)
}
