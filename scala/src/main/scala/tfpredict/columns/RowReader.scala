package tfpredict.columns

import tfpredict.tensor.DType

/**
 * Reads the elements of one kind of row, without an object per row or number. With it one
 * [[ColumnEncoder]] serves both SQL and RDDs.
 *
 * A column's arrays are passed as they are stored, with the type `Values`. Readers check no length;
 * the encoder does.
 */
private[tfpredict] trait RowReader[-R] extends Serializable {

  /** The storage of an array in this kind of row. */
  type Values >: Null

  def isNull(row: R, column: Int): Boolean

  /** Appends the column's single element. The column must not be an array. */
  def copy(row: R, column: Int, dtype: DType, target: ElementBuffer): Unit

  /**
   * Whether arrays of this dtype are stored as in a tensor. Only then may `copyBlock` be called.
   */
  def hasBlocks(dtype: DType): Boolean

  /**
   * Appends a flat array of this length in one copy. If that is impossible, appends nothing and
   * returns false.
   */
  def copyBlock(row: R, column: Int, length: Int, target: ElementBuffer): Boolean

  /** Returns the column's array, which must not be null. */
  def values(row: R, column: Int): Values

  def length(values: Values): Int

  /** Returns the array at this index of an array, or null. */
  def inner(values: Values, index: Int): Values

  /** Returns the index of the first null element, or -1. */
  def firstNull(values: Values): Int

  /**
   * Appends all elements of an array.
   *
   * @throws OutOfRange
   *   if an element does not fit the dtype
   */
  def copy(values: Values, dtype: DType, target: ElementBuffer): Unit
}

/** A value outside the dtype's range. The encoder reports it as a rejected value. */
final private[columns] class OutOfRange(val value: Long)
    extends RuntimeException(null, null, false, false)
