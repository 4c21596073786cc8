package tfpredict.columns

import tfpredict.tensor.DType

/**
 * Reaches the elements in one kind of row, without an object for each row or number, so that
 * [[ColumnEncoder]] is written once for SQL and for RDDs.
 *
 * A column's arrays are passed as they are stored, typed by `Values`. Nothing here checks a length:
 * the encoder does.
 */
private[tfpredict] trait RowReader[-R] extends Serializable {

  /** How this kind of row stores an array. */
  type Values >: Null

  def isNull(row: R, column: Int): Boolean

  /** Appends the column's one element; only for a column that is not an array. */
  def copy(row: R, column: Int, dtype: DType, target: ElementBuffer): Unit

  /** Whether arrays of this dtype are stored as tensors are, so that `copyBlock` may be tried. */
  def hasBlocks(dtype: DType): Boolean

  /** Appends a flat array of that length at once; where it cannot, appends nothing and says so. */
  def copyBlock(row: R, column: Int, length: Int, target: ElementBuffer): Boolean

  /** The column's array; only where it is not null. */
  def values(row: R, column: Int): Values

  def length(values: Values): Int

  /** The array inside an array, or null. */
  def inner(values: Values, index: Int): Values

  /** Index of the first null among an array's elements, or -1. */
  def firstNull(values: Values): Int

  /**
   * Appends all of an array's elements.
   *
   * @throws OutOfRange
   *   if one does not fit the dtype
   */
  def copy(values: Values, dtype: DType, target: ElementBuffer): Unit
}

/** A value that the dtype does not hold, as the encoder will report it. */
final private[columns] class OutOfRange(val value: Long)
    extends RuntimeException(null, null, false, false)
