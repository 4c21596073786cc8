package tfpredict.sql

import org.apache.spark.sql.types.DataType

/**
 * The layout of a call that is made for the elements of arrays.
 *
 * @param column
 *   the position of the arrays in a row
 * @param nesting
 *   the depth of the arrays. The innermost arrays hold structs of arguments.
 * @param fields
 *   number of arguments in a struct
 * @param types
 *   the type of one result, for each function
 */
final private[sql] case class ElementArrays(
    column: Int,
    nesting: Int,
    fields: Int,
    types: Array[DataType]
)

private[sql] object ElementArrays {

  /** Returns none for calls that are made for rows. */
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
