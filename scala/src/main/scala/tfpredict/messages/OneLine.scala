package tfpredict.messages

/**
 * Makes text of a model, a path or a row safe to show in a message or a log. A model's name could
 * contain a line break followed by a forged log line, or control codes for a terminal.
 */
private[tfpredict] object OneLine {

  /** Returns the text with all invisible characters escaped as in Java: `\n`, `\t`, `\u001b`. */
  def of(text: String): String =
    if (text.forall(isShown)) text
    else
      text.flatMap {
        case '\n' => "\\n"
        case '\r' => "\\r"
        case '\t' => "\\t"
        case shown if isShown(shown) => shown.toString
        case other => f"\\u${other.toInt}%04x"
      }

  /**
   * Returns an exception that is safe to show as a cause. If its message has invisible characters,
   * that is a copy with the escaped message and the same stack.
   */
  def cause(failed: Throwable): Throwable =
    if (failed == null || isPlain(failed)) failed
    else {
      val shown = new RuntimeException(of(failed.toString), cause(failed.getCause))
      shown.setStackTrace(failed.getStackTrace)
      shown
    }

  private def isPlain(failed: Throwable): Boolean =
    failed.toString.forall(isShown) && Option(failed.getCause).forall(isPlain)

  // Format characters are hidden too, since they can reverse the order of the text.
  private def isShown(letter: Char): Boolean = Character.getType(letter).toByte match {
    case Character.CONTROL | Character.FORMAT | Character.LINE_SEPARATOR |
        Character.PARAGRAPH_SEPARATOR => false
    case _ => true
  }
}
