package tfpredict.engine.tensorflow1

import java.nio.{ByteBuffer, ByteOrder}

import org.tensorflow.{DataType, Tensor}

import tfpredict.engine.{EngineException, Fault}
import tfpredict.messages.ErrorClass
import tfpredict.tensor.{DType, HostTensor, NumberTensor, RaggedTensor, StringTensor}

/** Copies tensors between the JVM's memory and the runtime's. */
private[tensorflow1] object TfJavaTensors {
  private val types: Map[DType, (DataType, Class[_])] = Map(
    DType.Float32 -> ((DataType.FLOAT, classOf[java.lang.Float])),
    DType.Float64 -> ((DataType.DOUBLE, classOf[java.lang.Double])),
    DType.Int32 -> ((DataType.INT32, classOf[java.lang.Integer])),
    DType.UInt8 -> ((DataType.UINT8, classOf[org.tensorflow.types.UInt8])),
    DType.Int64 -> ((DataType.INT64, classOf[java.lang.Long])),
    DType.Bool -> ((DataType.BOOL, classOf[java.lang.Boolean])),
    DType.Utf8 -> ((DataType.STRING, classOf[java.lang.String]))
  )

  private val dtypes: Map[DataType, DType] = types.map { case (host, (native, _)) =>
    native -> host
  }

  /**
   * @throws EngineException
   *   if the tensor is larger than the limit here, or than the free memory
   */
  def toNative(tensor: HostTensor): Tensor[_] = {
    val buffer = tensor match {
      case numbers: NumberTensor => numbers.buffer.duplicate().order(ByteOrder.nativeOrder)
      case strings: StringTensor => encode(strings)
      case _: RaggedTensor => throw new UnsupportedOperationException("no input is ragged")
    }
    try Tensor.create(types(tensor.dtype)._2, tensor.shape, buffer)
    catch { case failed: RuntimeException => throw TfJavaFailures.of(failed) }
  }

  /**
   * @throws EngineException
   *   if the tensor is larger than a JVM array, or than the free memory
   */
  def toHost(tensor: Tensor[_]): HostTensor = {
    val dtype = dtypes.getOrElse(
      tensor.dataType,
      throw new EngineException(Fault.Model, s"an output of the dtype ${tensor.dataType}")
    )
    val buffer = allocate(numBytes(tensor, dtype), "an output")
    tensor.writeTo(buffer)
    buffer.flip()
    dtype match {
      case DType.Utf8 => decode(tensor.shape, buffer)
      case _ => new NumberTensor(dtype, tensor.shape, buffer)
    }
  }

  private def numBytes(tensor: Tensor[_], dtype: DType): Long =
    if (dtype != DType.Utf8) tensor.shape.product * dtype.bytes
    else
      try tensor.numBytes.toLong
      // A JVM buffer cannot be larger, and TensorFlow Java throws this exception.
      catch { case _: IllegalArgumentException => Int.MaxValue + 1L }

  // A fault of the row: the caller halves a batch that is too large, down to single rows.
  private def allocate(size: Long, what: String): ByteBuffer = {
    if (size > Limit) {
      throw new EngineException(
        Fault.Row,
        s"$what of $size bytes, and a JVM allows at most 2 GB",
        ofRow = ErrorClass.InputSize
      )
    }
    try ByteBuffer.allocate(size.toInt).order(ByteOrder.nativeOrder)
    catch {
      case full: OutOfMemoryError =>
        throw new EngineException(
          Fault.Row,
          s"$what of $size bytes, and no room in the heap of ${Runtime.getRuntime.maxMemory >> 20} MB",
          full,
          ErrorClass.InputSize
        )
    }
  }

  private val Limit = Int.MaxValue - 64L // the longest JVM array, minus some room

  // A string tensor's bytes, in the layout of TensorFlow 1's C API. First comes an 8-byte offset
  // for each element, then the data. An offset points to the element's length as a varint, and its
  // bytes follow. Source: tensorflow/c/c_api.h and tf_tensor.h of 1.15, at TF_STRING.
  private def encode(tensor: StringTensor): ByteBuffer = {
    val count = tensor.size
    var size = 0L
    var index = 0
    while (index < count) {
      size += 8 + varintSize(tensor.length(index)) + tensor.length(index)
      index += 1
    }
    val buffer = allocate(size, "strings")
    val first = 8 * count
    buffer.position(first)
    index = 0
    while (index < count) {
      buffer.putLong(8 * index, (buffer.position() - first).toLong)
      putVarint(buffer, tensor.length(index))
      buffer.put(tensor.bytes, tensor.start(index), tensor.length(index))
      index += 1
    }
    buffer.flip()
    buffer
  }

  private def decode(shape: Array[Long], buffer: ByteBuffer): StringTensor = {
    val count = shape.product.toInt
    val ends = new Array[Int](count)
    // The array is larger than needed: the space of offsets and lengths stays unused at its end.
    val bytes = allocate(buffer.capacity.toLong, "an output").array
    var end = 0
    for (i <- 0 until count) {
      buffer.position(8 * count + buffer.getLong(8 * i).toInt)
      val length = getVarint(buffer)
      buffer.get(bytes, end, length)
      end += length
      ends(i) = end
    }
    new StringTensor(shape, bytes, ends)
  }

  private def varintSize(value: Int): Int =
    if (value < 128) 1 else 1 + varintSize(value >>> 7)

  private def putVarint(buffer: ByteBuffer, value: Int): Unit = {
    var rest = value
    while (rest >= 128) {
      buffer.put((rest & 127 | 128).toByte)
      rest >>>= 7
    }
    buffer.put(rest.toByte)
  }

  private def getVarint(buffer: ByteBuffer): Int = {
    var value, shift = 0
    var byte = buffer.get()
    while (byte < 0) {
      value |= (byte & 127) << shift
      shift += 7
      byte = buffer.get()
    }
    value | byte << shift
  }
}
