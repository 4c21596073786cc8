package tfpredict.messages

/**
 * Refuses an invalid setting or argument. Scala's `require` would put a prefix before the message.
 */
private[tfpredict] object IllegalValue {

  /**
   * Fails unless the value is legal.
   *
   * @throws IllegalArgumentException
   *   with exactly this message
   */
  def unless(isLegal: Boolean, words: => String): Unit =
    if (!isLegal) throw new IllegalArgumentException(words)
}
