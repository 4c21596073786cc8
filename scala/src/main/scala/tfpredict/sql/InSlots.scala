package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{Attribute, UnsafeRow}
import org.apache.spark.sql.types._

/**
 * Writes numbers into the slots that a kept row has for them. Nothing else of the row is written,
 * so the kept columns are copied only once, into [[RowBuffer]].
 */
final private[sql] class InSlots private (first: Int, results: Array[InSlots.Setter])
    extends OutputRows {

  override def reserved: Int = results.length

  override def of(kept: UnsafeRow, found: InternalRow): UnsafeRow = {
    var index = 0
    while (index < results.length) {
      // The slot is zero so far, which a null's must be.
      if (found.isNullAt(index)) kept.setNullAt(first + index)
      else results(index).set(kept, first + index, found, index)
      index += 1
    }
    kept
  }
}

private[sql] object InSlots {

  /** Sets a column of a row to the value of a result. */
  trait Setter {
    def set(row: UnsafeRow, ordinal: Int, found: InternalRow, index: Int): Unit
  }

  /** Returns None if one of the results does not fit into a slot. */
  def of(kept: Int, results: Seq[Attribute]): Option[InSlots] = {
    val setters = results.flatMap(result => setter(result.dataType))
    if (setters.size == results.size) Some(new InSlots(kept, setters.toArray)) else None
  }

  private def setter(kind: DataType): Option[Setter] = Option(kind).collect {
    case FloatType => (row, at, found, index) => row.setFloat(at, found.getFloat(index))
    case DoubleType => (row, at, found, index) => row.setDouble(at, found.getDouble(index))
    case LongType => (row, at, found, index) => row.setLong(at, found.getLong(index))
    case IntegerType => (row, at, found, index) => row.setInt(at, found.getInt(index))
    case ShortType => (row, at, found, index) => row.setShort(at, found.getShort(index))
    case BooleanType => (row, at, found, index) => row.setBoolean(at, found.getBoolean(index))
  }
}
