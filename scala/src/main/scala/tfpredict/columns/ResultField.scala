package tfpredict.columns

import java.nio.ByteBuffer

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData
import org.apache.spark.sql.catalyst.util.{ArrayData, GenericArrayData}
import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.tensor.{DType, NumberTensor, RaggedTensor, StringTensor}

/** A field of a [[ResultRow]], with its value for each row of a batch. */
abstract private[columns] class ResultField {
  def isNull: Boolean = false
  def getBoolean(row: Int): Boolean = none
  def getShort(row: Int): Short = none
  def getInt(row: Int): Int = none
  def getLong(row: Int): Long = none
  def getFloat(row: Int): Float = none
  def getDouble(row: Int): Double = none
  def getString(row: Int): UTF8String = none
  def getArray(row: Int): ArrayData = none
  def getStruct(row: Int): InternalRow = none

  /** Returns the value as an object. */
  def get(row: Int): AnyRef

  private def none: Nothing = throw new UnsupportedOperationException(s"not what $getClass holds")
}

private[columns] object ResultField {

  def of(column: OutputColumn): ResultField = column.tensor match {
    case numbers: NumberTensor if column.isElement => new Number(numbers)
    case strings: StringTensor if column.isElement => new Text(strings)
    case numbers: NumberTensor if column.inner.size == 1 => new Numbers(numbers, column.length)
    case ragged: RaggedTensor => new Ragged(ragged)
    case _ => new Nested(column)
  }

  // Spark's own view of the tensor's bytes. No later batch overwrites them.
  private def text(tensor: StringTensor, index: Int): UTF8String =
    UTF8String.fromBytes(tensor.bytes, tensor.start(index), tensor.length(index))

  /** The outputs of a function that has several. */
  final class Struct(fields: ResultRow) extends ResultField {
    override def getStruct(row: Int): InternalRow = fields.at(row)
    override def get(row: Int): AnyRef = fields.at(row)
  }

  /** Null in every row. */
  object Absent extends ResultField {
    override def isNull: Boolean = true
    override def get(row: Int): AnyRef = null
  }

  /** The same number in every row. */
  final class Constant(value: Long) extends ResultField {
    override def getLong(row: Int): Long = value
    override def get(row: Int): AnyRef = Long.box(value)
  }

  final private class Number(tensor: NumberTensor) extends ResultField {
    private val buffer = tensor.buffer
    private val start = buffer.position()

    override def getBoolean(row: Int): Boolean = buffer.get(start + row) != 0
    override def getShort(row: Int): Short = (buffer.get(start + row) & 0xff).toShort
    override def getInt(row: Int): Int = buffer.getInt(start + 4 * row)
    override def getLong(row: Int): Long = buffer.getLong(start + 8 * row)
    override def getFloat(row: Int): Float = buffer.getFloat(start + 4 * row)
    override def getDouble(row: Int): Double = buffer.getDouble(start + 8 * row)

    override def get(row: Int): AnyRef = tensor.dtype match {
      case DType.Float32 => Float.box(getFloat(row))
      case DType.Float64 => Double.box(getDouble(row))
      case DType.Int32 => Int.box(getInt(row))
      case DType.Int64 => Long.box(getLong(row))
      case DType.UInt8 => Short.box(getShort(row))
      case DType.Bool => Boolean.box(getBoolean(row))
      case other => throw new IllegalArgumentException(s"no column holds $other")
    }
  }

  final private class Text(tensor: StringTensor) extends ResultField {
    override def getString(row: Int): UTF8String = ResultField.text(tensor, row)
    override def get(row: Int): AnyRef = getString(row)
  }

  /** Flat arrays of numbers. A block of the tensor is copied into the body of Spark's own array. */
  final private class Numbers(tensor: NumberTensor, length: Int) extends ResultField {
    private val source = tensor.buffer.duplicate()
    private val start = source.position()
    private val rowBytes = length * tensor.dtype.bytes
    private val isShort = tensor.dtype == DType.UInt8 // one byte in the tensor, two in the array
    private val header = UnsafeArrayData.calculateHeaderPortionInBytes(length)
    private val bytes = new Array[Byte]((header + rowBytes * (if (isShort) 2 else 1) + 7) / 8 * 8)
    private val array = new UnsafeArrayData
    Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET.toLong, length.toLong)
    array.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET.toLong, bytes.length)

    override def getArray(row: Int): ArrayData = {
      if (isShort) {
        var index = 0
        while (index < length) {
          array.setShort(index, (source.get(start + row * length + index) & 0xff).toShort)
          index += 1
        }
      } else {
        source.position(start + row * rowBytes)
        source.get(bytes, header, rowBytes)
      }
      array
    }

    override def get(row: Int): AnyRef = getArray(row)
  }

  /** Nested arrays, and arrays of strings. */
  final private class Nested(column: OutputColumn) extends ResultField {
    override def getArray(row: Int): ArrayData = array(row * column.length, column.inner)
    override def get(row: Int): AnyRef = getArray(row)

    /** Returns a new array of the elements from this index on. */
    def array(from: Int, dims: Vector[Int]): ArrayData = {
      val size = dims.tail.product
      (column.tensor, dims.tail) match {
        case (strings: StringTensor, Vector()) =>
          new GenericArrayData(
            Array.tabulate[Any](dims.head)(i => text(strings, from + i))
          )
        // Each needs a new array, since one result holds all of them.
        case (numbers: NumberTensor, Vector()) =>
          new Numbers(slice(numbers, from), dims.head).getArray(0)
        case (_, inner) =>
          new GenericArrayData(Array.tabulate[Any](dims.head)(i => array(from + i * size, inner)))
      }
    }

    private def slice(numbers: NumberTensor, from: Int): NumberTensor = {
      val rest: ByteBuffer = numbers.buffer.duplicate().order(numbers.buffer.order)
      rest.position(rest.position() + from * numbers.dtype.bytes)
      new NumberTensor(
        numbers.dtype,
        Array((rest.remaining / numbers.dtype.bytes).toLong),
        rest
      )
    }
  }

  /** Arrays whose lengths differ between rows. */
  final private class Ragged(tensor: RaggedTensor) extends ResultField {
    private val inner = tensor.values.shape.tail.map(_.toInt).toVector
    private val size = inner.product
    private val elements = new Nested(OutputColumn(tensor.values, inner, isElement = false))

    override def getArray(row: Int): ArrayData = array(0, row)
    override def get(row: Int): AnyRef = getArray(row)

    private def array(level: Int, index: Int): ArrayData = {
      val ends = tensor.splits(level)
      val (from, until) = (ends(index), ends(index + 1))
      if (level == tensor.splits.size - 1) elements.array(from * size, (until - from) +: inner)
      else new GenericArrayData(Array.range(from, until).map(array(level + 1, _): Any))
    }
  }
}
