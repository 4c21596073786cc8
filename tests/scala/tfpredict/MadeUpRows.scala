package tfpredict

import java.nio.{ByteBuffer, ByteOrder}

import tfpredict.tensor.{DType, HostTensor, NumberTensor, StringTensor, TensorSpec}

/**
 * Two rows for an input of a model without examples, with values small enough for any embedding
 * table.
 */
object MadeUpRows {
  def of(input: TensorSpec): HostTensor = {
    val rows = input.shape.fixedBatch.getOrElse(2L)
    val shape = (rows +: input.shape.inner.map(size => if (size < 0) 3L else size)).toArray
    val count = shape.product.toInt
    if (input.dtype == DType.Utf8) StringTensor.of(shape, Array.fill(count)("1".getBytes))
    else {
      val buffer = ByteBuffer.allocateDirect(count * input.dtype.bytes).order(ByteOrder.nativeOrder)
      for (_ <- 0 until count) input.dtype match {
        case DType.Float32 => buffer.putFloat(0.5f)
        case DType.Float64 => buffer.putDouble(0.5)
        case DType.Int32 => buffer.putInt(1)
        case DType.Int64 => buffer.putLong(1L)
        case _ => buffer.put(1.toByte)
      }
      buffer.flip()
      new NumberTensor(input.dtype, shape, buffer)
    }
  }
}
