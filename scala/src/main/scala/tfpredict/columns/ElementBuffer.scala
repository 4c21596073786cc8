package tfpredict.columns

import java.nio.{ByteBuffer, ByteOrder}
import java.util.Arrays

import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.types.UTF8String

import tfpredict.tensor.{DType, HostTensor, NumberTensor, StringTensor}

/**
 * The elements of a tensor under construction. It grows as needed, and is reused for the next
 * batch.
 *
 * The elements are stored in a byte array: numbers in native order, strings one after the other.
 * The JVM copies a row's block between arrays faster than into a direct buffer. Either way the
 * batch is then copied into the runtime's memory at once. Every write is checked against the
 * array's length. A write beyond it would raise no error, but crash the JVM at the next garbage
 * collection.
 */
final private[tfpredict] class ElementBuffer(dtype: DType, firstSize: Int) {
  import ElementBuffer.{Large, Limit}

  private val isText = dtype == DType.Utf8
  private val width = if (isText) ElementBuffer.TextWidth else dtype.bytes
  private var bytes = new Array[Byte](firstSize * width)
  private var view = ElementBuffer.over(bytes)
  private var floats = view.asFloatBuffer()
  // The end offset of each string. Unused for numbers.
  private var ends = new Array[Int](if (isText) firstSize else 0)
  private var count = 0
  private var used = 0

  def size: Int = count

  /** Bytes of memory allocated for elements, used or not. */
  def capacity: Long = bytes.length + 4L * ends.length

  /** Bytes of the elements. */
  def byteSize: Int = used

  def putFloat(value: Float): Unit = {
    val at = place(1)
    view.putFloat(at, value)
  }

  def putDouble(value: Double): Unit = {
    val at = place(1)
    view.putDouble(at, value)
  }

  def putInt(value: Int): Unit = {
    val at = place(1)
    view.putInt(at, value)
  }

  def putLong(value: Long): Unit = {
    val at = place(1)
    view.putLong(at, value)
  }

  def putByte(value: Byte): Unit = {
    val at = place(1)
    view.put(at, value)
  }

  def put(values: Array[Float]): Unit = {
    val at = place(values.length)
    floats.position(at / width)
    floats.put(values)
  }

  /** Appends elements from a byte array in native order. */
  def putBlock(source: Array[Byte], offset: Int, elements: Int): Unit = {
    val at = place(elements)
    System.arraycopy(source, offset, bytes, at, used - at)
  }

  def putString(value: UTF8String): Unit = {
    val at = placeString(value.numBytes)
    value.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET.toLong + at)
  }

  /** Removes all but the first elements. */
  def truncate(size: Int): Unit = {
    count = size
    used = if (!isText) size * width else if (size == 0) 0 else ends(size - 1)
  }

  /** Returns all elements as one tensor over this buffer's own memory. */
  def tensor(shape: Array[Long]): HostTensor =
    if (isText) new StringTensor(shape, bytes, ends)
    else {
      val whole = ElementBuffer.over(bytes)
      whole.limit(used)
      new NumberTensor(dtype, shape, whole)
    }

  /* Reserves and counts the next elements, and returns their offset. The arrays may be reallocated,
   * so read `view` and `bytes` after this call. */
  private def place(elements: Int): Int = {
    val at = room(elements.toLong * width)
    count += elements
    at
  }

  private def placeString(length: Int): Int = {
    val at = room(length.toLong)
    if (count == ends.length) ends = Arrays.copyOf(ends, math.max(16, 2 * count))
    ends(count) = used
    count += 1
    at
  }

  private def room(more: Long): Int = {
    val at = used
    val needed = at + more
    if (needed > bytes.length) grow(needed)
    used = needed.toInt
    at
  }

  private def grow(needed: Long): Unit = {
    if (needed > Limit) full(needed)
    // Small buffers double. Large ones grow by an eighth, since doubling would waste much memory.
    val length =
      if (needed <= Large) math.max(needed, math.min(2L * bytes.length, Large))
      else math.max(needed, math.min(bytes.length + bytes.length / 8L, Limit))
    try bytes = Arrays.copyOf(bytes, length.toInt)
    catch { case _: OutOfMemoryError => full(needed) }
    view = ElementBuffer.over(bytes)
    floats = view.asFloatBuffer()
  }

  private def full(needed: Long): Nothing = throw new ElementBuffer.Full(
    s"a batch with it that needs $needed bytes, in a heap of " +
      s"${Runtime.getRuntime.maxMemory >> 20} MB and at most $Limit"
  )
}

private[columns] object ElementBuffer {
  def over(bytes: Array[Byte]): ByteBuffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder)

  val Limit: Long = Int.MaxValue - 64L // the JVM's longest array, with some reserve

  val Large: Long = 32L << 20

  val TextWidth = 16 // a guess at a string's length in bytes

  /** There is not enough memory to append a value. */
  final class Full(message: String) extends RuntimeException(message, null, false, false)
}
