package tfpredict.columns

import java.nio.{ByteBuffer, ByteOrder}
import java.util.Arrays

import tfpredict.{DType, HostTensor, NumberTensor, StringTensor}

/**
 * The elements of a tensor in the making. It grows as it must and is used again for the next batch.
 * Numbers stand in a direct buffer, in the layout that the runtime takes.
 */
final private[tfpredict] class ElementBuffer(dtype: DType, firstSize: Int) {
  private var bytes = allocate(firstSize * dtype.bytes)
  private var strings = new Array[Array[Byte]](if (dtype == DType.Utf8) firstSize else 0)
  private var floats = bytes.asFloatBuffer()
  private var count = 0

  def size: Int = count

  def putFloat(value: Float): Unit = {
    room(1).putFloat(value)
    count += 1
  }

  def putDouble(value: Double): Unit = {
    room(1).putDouble(value)
    count += 1
  }

  def putInt(value: Int): Unit = {
    room(1).putInt(value)
    count += 1
  }

  def putLong(value: Long): Unit = {
    room(1).putLong(value)
    count += 1
  }

  def putByte(value: Byte): Unit = {
    room(1).put(value)
    count += 1
  }

  def put(values: Array[Float]): Unit = {
    room(values.length)
    floats.position(count)
    floats.put(values)
    added(values.length)
  }

  /** Elements as they stand in a JVM's byte array, in native order. */
  def putBlock(source: Array[Byte], offset: Int, elements: Int): Unit = {
    room(elements).put(source, offset, elements * dtype.bytes)
    count += elements
  }

  def putString(value: Array[Byte]): Unit = {
    if (count == strings.length) strings = Arrays.copyOf(strings, math.max(16, 2 * count))
    strings(count) = value
    count += 1
  }

  /** Takes away all but the first elements. */
  def truncate(size: Int): Unit = {
    count = size
    bytes.position(size * dtype.bytes)
  }

  /** Appends the last elements once more. */
  def repeat(elements: Int): Unit =
    if (dtype == DType.Utf8) {
      (count - elements until count).map(strings(_)).foreach(putString)
    } else {
      val last = new Array[Byte](elements * dtype.bytes)
      val source = bytes.duplicate()
      source.position((count - elements) * dtype.bytes)
      source.get(last)
      room(elements).duplicate().put(last)
      added(elements)
    }

  /** All elements as one tensor, over this buffer's own memory. */
  def tensor(shape: Array[Long]): HostTensor =
    if (dtype == DType.Utf8) new StringTensor(shape, strings)
    else {
      val whole = bytes.duplicate().order(ByteOrder.nativeOrder)
      whole.flip()
      new NumberTensor(dtype, shape, whole)
    }

  private def added(elements: Int): Unit = {
    count += elements
    bytes.position(count * dtype.bytes)
  }

  private def room(elements: Int): ByteBuffer = {
    val needed = (count + elements).toLong * dtype.bytes
    require(needed <= Int.MaxValue, s"a batch of $needed bytes")
    if (needed > bytes.capacity) {
      val larger = allocate(math.min(Int.MaxValue, math.max(needed, 2L * bytes.capacity)).toInt)
      bytes.flip()
      larger.put(bytes)
      bytes = larger
      floats = whole().asFloatBuffer()
    }
    bytes
  }

  // All of it, from its first byte on.
  private def whole(): ByteBuffer = {
    val view = bytes.duplicate().order(ByteOrder.nativeOrder)
    view.position(0)
    view
  }

  private def allocate(size: Int): ByteBuffer =
    ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder)
}
