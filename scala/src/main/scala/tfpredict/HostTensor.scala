package tfpredict

import java.nio.{ByteBuffer, ByteOrder}
import java.util.Arrays

/**
 * A tensor in the JVM's own memory: the only tensor that crosses between packages. Native tensors
 * never leave `session`. Elements are row-major.
 */
sealed trait HostTensor {
  def dtype: DType
  def shape: Array[Long]
}

/**
 * Elements of one size: what remains in the buffer, which is in native byte order, is exactly the
 * elements.
 */
final class NumberTensor(val dtype: DType, val shape: Array[Long], val buffer: ByteBuffer)
    extends HostTensor {
  require(buffer.order == ByteOrder.nativeOrder, "a tensor's buffer is in native byte order")
  require(
    buffer.remaining == shape.product * dtype.bytes,
    s"${buffer.remaining} bytes do not hold $dtype${TensorShape.show(shape)}"
  )
}

/**
 * Strings, which to TensorFlow are any bytes: one after the other in one array, as Arrow has them,
 * so that a batch of them is two objects and not one for each.
 *
 * @param bytes
 *   all of them; the array may be longer
 * @param ends
 *   where each ends, and the next begins; the first so many count as the shape says
 */
final class StringTensor(val shape: Array[Long], val bytes: Array[Byte], val ends: Array[Int])
    extends HostTensor {

  /** How many strings. */
  val size: Int = shape.product.toInt

  require(ends.length >= size, s"${ends.length} strings do not fill ${TensorShape.show(shape)}")

  override def dtype: DType = DType.Utf8

  def start(index: Int): Int = if (index == 0) 0 else ends(index - 1)

  def length(index: Int): Int = ends(index) - start(index)

  /** A copy of one. */
  def apply(index: Int): Array[Byte] = Arrays.copyOfRange(bytes, start(index), ends(index))
}

object StringTensor {
  def of(shape: Array[Long], elements: Array[Array[Byte]]): StringTensor =
    new StringTensor(shape, elements.flatten, elements.scanLeft(0)(_ + _.length).tail)
}
