package tfpredict.sql

import org.apache.spark.sql.types.DataType

/**
 * What [[ElementRows]] must know of a call that is made for the elements of arrays.
 *
 * @param column
 *   where in a row the arrays stand
 * @param nesting
 *   how deeply they nest; the innermost hold structs of arguments
 * @param fields
 *   arguments of a struct
 * @param types
 *   of one result of each function
 */
final private[sql] case class ElementArrays(
    column: Int,
    nesting: Int,
    fields: Int,
    types: Array[DataType]
)

private[sql] object ElementArrays {

  /** None for calls that are made for rows. */
  def of(calls: Seq[Predict], column: Int): Option[ElementArrays] =
    if (calls.head.nesting == 0) None
    else
      Some(ElementArrays(
        column,
        calls.head.nesting,
        calls.head.columns.size,
        calls.map(_.resultType).toArray
      ))
}
