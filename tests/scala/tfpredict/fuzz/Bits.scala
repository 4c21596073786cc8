package tfpredict.fuzz

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.sql.types.{ArrayType, DataType, StructType}
import org.apache.spark.unsafe.types.UTF8String

/** Compares results of one type, bit by bit or approximately. */
final class Bits(dataType: DataType) {

  /** Returns a text that is different for different results. */
  def of(value: Any): String = elements(value).map {
    case float: Float => java.lang.Float.floatToRawIntBits(float).toHexString
    case double: Double => java.lang.Double.doubleToRawLongBits(double).toHexString
    case text: UTF8String => text.getBytes.map(byte => f"$byte%02x").mkString("'", "", "'")
    case other => String.valueOf(other)
  }.mkString(" ")

  /** Whether two results differ only by rounding. */
  def areClose(one: Any, other: Any): Boolean = Bits.areClose(elements(one), elements(other))

  /** A result's elements in order. */
  def elements(value: Any): Seq[Any] = elements(value, dataType)

  private def elements(value: Any, of: DataType): Seq[Any] = (value, of) match {
    case (row: InternalRow, StructType(fields)) =>
      fields.toSeq.zipWithIndex.flatMap { case (field, at) =>
        elements(if (row.isNullAt(at)) null else row.get(at, field.dataType), field.dataType)
      }
    case (array: ArrayData, ArrayType(element, _)) =>
      array.toObjectArray(element).toSeq.flatMap(elements(_, element))
    case (other, _) => Seq(other)
  }
}

object Bits {

  /** Whether elements differ only by rounding. */
  def areClose(some: Seq[Any], others: Seq[Any]): Boolean =
    some.size == others.size && some.zip(others).forall {
      case (a: Float, b: Float) => isClose(a.toDouble, b.toDouble)
      case (a: Double, b: Double) => isClose(a, b)
      case (a, b) => a == b
    }

  private def isClose(a: Double, b: Double): Boolean =
    a == b || (a.isNaN && b.isNaN) || math.abs(a - b) <= 1e-4 + 1e-3 * math.abs(b)
}
