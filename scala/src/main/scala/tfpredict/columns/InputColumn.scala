package tfpredict.columns

/**
 * Where an input's column stands in a row, and how.
 *
 * @param ordinal
 *   its position
 * @param depth
 *   how deeply its arrays nest: as deeply as the input does, 1 for a flat array, or 0
 */
final private[tfpredict] case class InputColumn(ordinal: Int, depth: Int)
