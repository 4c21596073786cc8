package tfpredict

import java.nio.{ByteBuffer, ByteOrder}

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
 * Strings, which to TensorFlow are any bytes. The first of `elements` count, as many as the shape.
 */
final class StringTensor(val shape: Array[Long], val elements: Array[Array[Byte]])
    extends HostTensor {
  require(
    elements.length >= shape.product,
    s"${elements.length} strings do not fill ${TensorShape.show(shape)}"
  )

  override def dtype: DType = DType.Utf8
}
