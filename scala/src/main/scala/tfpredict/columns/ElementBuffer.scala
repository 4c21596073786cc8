package tfpredict.columns

import java.nio.{ByteBuffer, ByteOrder}
import java.util.Arrays

import tfpredict.{DType, HostTensor, NumberTensor, StringTensor}

/**
 * The elements of a tensor in the making. It grows as it must and is used again for the next batch.
 *
 * Numbers stand in an array of bytes, in native order: the JVM copies a row's block from array to
 * array faster than into a direct buffer, and from there a batch goes into the runtime's memory at
 * once either way. Every write is checked against the array's length: one beyond it would not fail,
 * but end the JVM at the next garbage collection.
 */
final private[tfpredict] class ElementBuffer(dtype: DType, firstSize: Int) {
  private val width = dtype.bytes
  private var bytes = new Array[Byte](firstSize * width)
  private var view = ElementBuffer.over(bytes)
  private var floats = view.asFloatBuffer()
  private var strings = new Array[Array[Byte]](if (dtype == DType.Utf8) firstSize else 0)
  private var count = 0

  def size: Int = count

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

  /** Elements as they stand in an array of bytes, in native order. */
  def putBlock(source: Array[Byte], offset: Int, elements: Int): Unit = {
    room(elements)
    System.arraycopy(source, offset, bytes, count * width, elements * width)
    count += elements
  }

  def putString(value: Array[Byte]): Unit = {
    if (count == strings.length) strings = Arrays.copyOf(strings, math.max(16, 2 * count))
    strings(count) = value
    count += 1
  }

  /** Takes away all but the first elements. */
  def truncate(size: Int): Unit = count = size

  /** Appends the last elements once more. */
  def repeat(elements: Int): Unit =
    if (dtype == DType.Utf8) {
      (count - elements until count).map(strings(_)).foreach(putString)
    } else {
      room(elements)
      putBlock(bytes, (count - elements) * width, elements)
    }

  /** All elements as one tensor, over this buffer's own memory. */
  def tensor(shape: Array[Long]): HostTensor =
    if (dtype == DType.Utf8) new StringTensor(shape, strings)
    else {
      val whole = ElementBuffer.over(bytes)
      whole.limit(count * width)
      new NumberTensor(dtype, shape, whole)
    }

  /* Where the next elements go; they are counted as put. It may make room, so `view` comes after
   * it. */
  private def place(elements: Int): Int = {
    room(elements)
    val at = count * width
    count += elements
    at
  }

  private def room(elements: Int): Unit = {
    val needed = (count + elements).toLong * width
    if (needed > bytes.length) {
      require(needed <= ElementBuffer.Limit, s"a batch of $needed bytes")
      bytes = Arrays.copyOf(
        bytes,
        math.min(ElementBuffer.Limit, math.max(needed, 2L * bytes.length)).toInt
      )
      view = ElementBuffer.over(bytes)
      floats = view.asFloatBuffer()
    }
  }
}

private object ElementBuffer {
  def over(bytes: Array[Byte]): ByteBuffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder)

  val Limit: Long = Int.MaxValue - 64L // the longest array of a JVM, and some room
}
