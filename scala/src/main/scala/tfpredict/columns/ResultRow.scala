package tfpredict.columns

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{BaseGenericInternalRow, GenericInternalRow}
import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.sql.types.DataType
import org.apache.spark.unsafe.types.UTF8String

/**
 * A read-only view of a batch's outputs that shows one row at a time. It needs no object and no
 * boxed number per row.
 */
final private[columns] class ResultRow(fields: IndexedSeq[ResultField])
    extends BaseGenericInternalRow {
  private val columns = fields.toArray
  private var index = 0

  /** Moves to a row, and returns this view. */
  def at(row: Int): ResultRow = {
    index = row
    this
  }

  override def numFields: Int = columns.length
  override def isNullAt(ordinal: Int): Boolean = columns(ordinal).isNull
  override def getBoolean(ordinal: Int): Boolean = columns(ordinal).getBoolean(index)
  override def getShort(ordinal: Int): Short = columns(ordinal).getShort(index)
  override def getInt(ordinal: Int): Int = columns(ordinal).getInt(index)
  override def getLong(ordinal: Int): Long = columns(ordinal).getLong(index)
  override def getFloat(ordinal: Int): Float = columns(ordinal).getFloat(index)
  override def getDouble(ordinal: Int): Double = columns(ordinal).getDouble(index)
  override def getUTF8String(ordinal: Int): UTF8String = columns(ordinal).getString(index)
  override def getArray(ordinal: Int): ArrayData = columns(ordinal).getArray(index)
  override def getStruct(ordinal: Int, numFields: Int): InternalRow =
    columns(ordinal).getStruct(index)
  override def get(ordinal: Int, dataType: DataType): AnyRef = columns(ordinal).get(index)

  // Spark's getters for types that no model has call this. Each version of Spark has some of its
  // own.
  override protected def genericGet(ordinal: Int): Any = columns(ordinal).get(index)

  override def copy(): GenericInternalRow =
    new GenericInternalRow(columns.map(column => InternalRow.copyValue(column.get(index))))

  override def setNullAt(ordinal: Int): Unit = readOnly()
  override def update(ordinal: Int, value: Any): Unit = readOnly()

  private def readOnly(): Nothing = throw new UnsupportedOperationException("a result is read only")
}
