package tfpredict.columns

/**
 * The position and nesting of an input's column in a row.
 *
 * @param ordinal
 *   the column's position
 * @param depth
 *   the nesting of its arrays: that of the input, 1 for a flat array, or 0 for a single value
 */
final private[tfpredict] case class InputColumn(ordinal: Int, depth: Int)
