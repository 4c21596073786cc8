package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.UnsafeRow

/**
 * The rows of a partition. The kept columns of a row are added to a [[RowBuffer]] when the row is
 * read. A class, and not `rows.map`, since the JVM does not inline one `map` in another, and both
 * ends of an operator have one.
 */
final private[sql] class WaitingRows(
    rows: Iterator[InternalRow],
    keep: InternalRow => UnsafeRow,
    waiting: RowBuffer
) extends Iterator[InternalRow] {

  override def hasNext: Boolean = rows.hasNext

  override def next(): InternalRow = {
    val row = rows.next()
    waiting.add(keep(row))
    row
  }
}
