package tfpredict.columns

/**
 * A value that does not fit its input. It has no stack trace, since every row may raise one.
 *
 * @param input
 *   the input's number. Models that share the encoding may have different names for it.
 */
final private[tfpredict] class RejectedValue(
    val input: Int,
    val expected: String,
    val found: String
) extends RuntimeException(s"expected $expected, found $found", null, false, false)
