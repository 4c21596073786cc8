package tfpredict.columns

import tfpredict.messages.ErrorClass

/**
 * A value that does not fit its input. It has no stack trace, since every row may raise one.
 *
 * @param input
 *   the input's number; a model that shares the encoding may have another name for it
 * @param expected
 *   in words that "in input …" can follow
 */
final private[tfpredict] class RejectedValue(
    val input: Int,
    val error: ErrorClass,
    val expected: String,
    val found: String
) extends RuntimeException(s"expected $expected, found $found", null, false, false)
