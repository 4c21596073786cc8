package tfpredict.columns

import java.nio.ByteBuffer

import org.apache.spark.sql.catalyst.expressions.{GenericInternalRow, UnsafeArrayData}
import org.apache.spark.sql.catalyst.util.GenericArrayData
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.{DType, HostTensor, NumberTensor, StringTensor}

/**
 * Makes rows' results from a tensor's elements, as one kind of row stores them. The counterpart of
 * [[RowReader]].
 */
private[tfpredict] trait RowWriter[V] extends Serializable {

  /** The element at that position, as a result of its own. */
  def element(tensor: HostTensor, index: Int): V

  /** The elements from that position on, in arrays of these dimensions. */
  def array(tensor: HostTensor, from: Int, dims: Seq[Int]): V

  /** The results of several outputs as one. */
  def struct(results: IndexedSeq[V]): V

  /** The result of a row that had a null input. */
  def nothing: V
}

/** A row of an RDD: always a flat array of floats, as the way in is. */
private[tfpredict] object ArrayWriter extends RowWriter[Array[Float]] {
  override def element(tensor: HostTensor, index: Int): Array[Float] = array(tensor, index, Seq(1))

  override def array(tensor: HostTensor, from: Int, dims: Seq[Int]): Array[Float] = tensor match {
    case numbers: NumberTensor => Numbers.floats(numbers, from, dims.product)
    case _: StringTensor => throw new UnsupportedOperationException("an RDD's rows are floats")
  }

  override def struct(results: IndexedSeq[Array[Float]]): Array[Float] =
    throw new UnsupportedOperationException("a row is one output")

  override def nothing: Array[Float] = null
}

/** A value in Spark SQL's own rows. */
private[tfpredict] object InternalValueWriter extends RowWriter[Any] {
  override def element(tensor: HostTensor, index: Int): Any = tensor match {
    case strings: StringTensor => UTF8String.fromBytes(strings.elements(index))
    case numbers: NumberTensor =>
      val buffer = numbers.buffer
      val at = buffer.position() + index * numbers.dtype.bytes
      numbers.dtype match {
        case DType.Float32 => buffer.getFloat(at)
        case DType.Float64 => buffer.getDouble(at)
        case DType.Int32 => buffer.getInt(at)
        case DType.Int64 => buffer.getLong(at)
        case DType.UInt8 => (buffer.get(at) & 0xff).toShort
        case DType.Bool => buffer.get(at) != 0
        case other => throw new IllegalArgumentException(s"no column holds $other")
      }
  }

  override def array(tensor: HostTensor, from: Int, dims: Seq[Int]): Any =
    if (dims.size > 1) {
      val size = dims.tail.product
      new GenericArrayData(
        Array.tabulate[Any](dims.head)(i => array(tensor, from + i * size, dims.tail))
      )
    } else {
      tensor match {
        case numbers: NumberTensor if Numbers.isPrimitive(numbers.dtype) =>
          Numbers.primitives(numbers, from, dims.head)
        case other =>
          new GenericArrayData(Array.tabulate[Any](dims.head)(i => element(other, from + i)))
      }
    }

  override def struct(results: IndexedSeq[Any]): Any =
    new GenericInternalRow(results.toArray[Any])

  override def nothing: Any = null
}

private object Numbers {
  val isPrimitive: Set[DType] = Set(DType.Float32, DType.Float64, DType.Int32, DType.Int64)

  def floats(tensor: NumberTensor, from: Int, count: Int): Array[Float] = {
    val numbers = new Array[Float](count)
    at(tensor, from).asFloatBuffer().get(numbers)
    numbers
  }

  def primitives(tensor: NumberTensor, from: Int, count: Int): UnsafeArrayData =
    tensor.dtype match {
      case DType.Float32 => UnsafeArrayData.fromPrimitiveArray(floats(tensor, from, count))
      case DType.Float64 =>
        val numbers = new Array[Double](count)
        at(tensor, from).asDoubleBuffer().get(numbers)
        UnsafeArrayData.fromPrimitiveArray(numbers)
      case DType.Int32 =>
        val numbers = new Array[Int](count)
        at(tensor, from).asIntBuffer().get(numbers)
        UnsafeArrayData.fromPrimitiveArray(numbers)
      case _ =>
        val numbers = new Array[Long](count)
        at(tensor, from).asLongBuffer().get(numbers)
        UnsafeArrayData.fromPrimitiveArray(numbers)
    }

  private def at(tensor: NumberTensor, index: Int): ByteBuffer = {
    val buffer = tensor.buffer.duplicate().order(tensor.buffer.order)
    buffer.position(buffer.position() + index * tensor.dtype.bytes)
    buffer
  }
}
