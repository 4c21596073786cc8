package tfpredict.messages

/**
 * Text of a model, a path or a row as a message or a log shows it. Who names a model could put a
 * line's end into its name, and behind it a line that looks like the log's own, or codes that a
 * terminal obeys.
 */
private[tfpredict] object OneLine {

  /** The text with what is no visible letter written as in Java: `\n`, `\t`, `\u001b`. */
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
   * What a stack trace shows as a cause: itself, or where its words hold more than letters, a copy
   * with the same stack, which names its class.
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

  // Format characters, too: they can turn the order of what is read around.
  private def isShown(letter: Char): Boolean = Character.getType(letter).toByte match {
    case Character.CONTROL | Character.FORMAT | Character.LINE_SEPARATOR |
        Character.PARAGRAPH_SEPARATOR => false
    case _ => true
  }
}
