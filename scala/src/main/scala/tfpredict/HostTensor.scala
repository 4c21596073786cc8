package tfpredict

import java.nio.{ByteBuffer, ByteOrder}

/**
 * A tensor in the JVM's own memory: the only tensor that crosses between packages. Native tensors
 * never leave `session`.
 *
 * The buffer is in native byte order, and what remains in it is exactly the tensor's elements,
 * row-major.
 */
final class HostTensor(val dtype: DType, val shape: Array[Long], val buffer: ByteBuffer) {
  require(buffer.order == ByteOrder.nativeOrder, "a HostTensor's buffer is in native byte order")
  require(
    buffer.remaining == shape.product * dtype.bytes,
    s"${buffer.remaining} bytes do not hold $dtype${shape.mkString("[", ", ", "]")}"
  )
}
