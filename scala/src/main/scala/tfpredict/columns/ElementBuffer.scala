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
  private var count = 0

  def size: Int = count

  def put(values: Array[Float]): Unit = {
    room(values.length).asFloatBuffer().put(values)
    added(values.length)
  }

  def put(values: Array[Double]): Unit = {
    room(values.length).asDoubleBuffer().put(values)
    added(values.length)
  }

  def put(values: Array[Int]): Unit = {
    room(values.length).asIntBuffer().put(values)
    added(values.length)
  }

  def put(values: Array[Long]): Unit = {
    room(values.length).asLongBuffer().put(values)
    added(values.length)
  }

  def put(values: Array[Byte]): Unit = {
    room(values.length).duplicate().put(values)
    added(values.length)
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
    }
    bytes
  }

  private def allocate(size: Int): ByteBuffer =
    ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder)
}
