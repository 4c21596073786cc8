package tfpredict.columns

import java.nio.FloatBuffer

/**
 * Reaches the numbers in one kind of row, without boxing them and without an object for each row,
 * so that [[ColumnEncoder]] is written once for SQL and for RDDs.
 *
 * A column's arrays are passed as they are stored, typed by `Values`. Nothing here checks a length:
 * the encoder does.
 */
private[tfpredict] trait RowReader[-R] extends Serializable {

  /** How this kind of row stores an array. */
  type Values >: Null

  def isNull(row: R, column: Int): Boolean

  /** The column's number; only for a column that is not an array. */
  def number(row: R, column: Int): Float

  /** The column's array; only where it is not null. */
  def values(row: R, column: Int): Values

  def length(values: Values): Int

  /** The array inside an array, or null. */
  def inner(values: Values, index: Int): Values

  /** Index of the first null among an array's numbers, or -1. */
  def firstNull(values: Values): Int

  /** Appends all of an array's numbers to the buffer. */
  def copy(values: Values, target: FloatBuffer): Unit
}
