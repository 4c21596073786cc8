package tfpredict.tensor

import java.nio.{ByteBuffer, ByteOrder}
import java.util.Arrays

/**
 * A tensor in the JVM's own memory, with elements in row-major order. Other packages see only this
 * kind of tensor: native tensors never leave the engine.
 */
sealed trait HostTensor {

  /** The element type. */
  def dtype: DType

  /** The dimensions, with the number of rows first. */
  def shape: Array[Long]

  /** Bytes of the elements. */
  private[tfpredict] def byteSize: Long

  /**
   * Returns a tensor of some rows, perhaps over the same memory.
   *
   * @param padded
   *   number of rows of the result. The last row is repeated to fill it up.
   */
  def rows(first: Int, count: Int, padded: Int): HostTensor

  /** Returns a tensor with the same elements in memory of its own. */
  private[tfpredict] def copy(): HostTensor

  /** Whether another tensor of the same shape has bitwise equal elements. */
  private[tfpredict] def hasSameElements(other: HostTensor): Boolean

  /** Returns this tensor's shape with a different number of rows. */
  protected def shapeOf(rows: Int): Array[Long] = rows.toLong +: shape.tail
}

/**
 * A tensor of fixed-size elements. The buffer's remaining bytes are exactly the elements, in native
 * byte order.
 */
final class NumberTensor(val dtype: DType, val shape: Array[Long], val buffer: ByteBuffer)
    extends HostTensor {
  require(buffer.order == ByteOrder.nativeOrder, "a tensor's buffer is in native byte order")
  require(
    buffer.remaining == shape.product * dtype.bytes,
    s"${buffer.remaining} bytes do not hold $dtype${TensorShape.show(shape)}"
  )

  override private[tfpredict] def byteSize: Long = buffer.remaining.toLong

  override private[tfpredict] def copy(): NumberTensor = {
    val own = ByteBuffer.allocate(buffer.remaining).order(buffer.order)
    own.put(buffer.duplicate())
    own.flip()
    new NumberTensor(dtype, shape, own)
  }

  override private[tfpredict] def hasSameElements(other: HostTensor): Boolean = other match {
    case numbers: NumberTensor => dtype == numbers.dtype && buffer == numbers.buffer
    case _ => false
  }

  override def rows(first: Int, count: Int, padded: Int): NumberTensor = {
    val width = shape.tail.product.toInt * dtype.bytes
    val part = buffer.duplicate().order(buffer.order)
    part.position(buffer.position() + first * width)
    part.limit(part.position() + count * width)
    if (padded == count) new NumberTensor(dtype, shapeOf(count), part)
    else {
      val all = ByteBuffer.allocate(padded * width).order(buffer.order)
      val last = part.duplicate()
      last.position(part.limit() - width)
      all.put(part)
      while (all.hasRemaining) all.put(last.duplicate())
      all.flip()
      new NumberTensor(dtype, shapeOf(padded), all)
    }
  }
}

/**
 * A tensor of strings, which in TensorFlow may hold any bytes. They are stored one after the other
 * in one array, as in Arrow. So a batch needs two objects and not one per string.
 *
 * @param bytes
 *   the bytes of all strings. The array may be longer.
 * @param ends
 *   the end offset of each string, where the next one begins. The array may be longer than the
 *   shape requires.
 */
final class StringTensor(val shape: Array[Long], val bytes: Array[Byte], val ends: Array[Int])
    extends HostTensor {

  /** Number of strings. */
  val size: Int = shape.product.toInt

  require(ends.length >= size, s"${ends.length} strings do not fill ${TensorShape.show(shape)}")

  override def dtype: DType = DType.Utf8

  override private[tfpredict] def byteSize: Long = bytes.length + 4L * ends.length

  override private[tfpredict] def copy(): StringTensor =
    new StringTensor(shape, Arrays.copyOf(bytes, start(size)), Arrays.copyOf(ends, size))

  override private[tfpredict] def hasSameElements(other: HostTensor): Boolean = other match {
    case strings: StringTensor =>
      size == strings.size && (0 until size).forall { index =>
        ends(index) == strings.ends(index)
      } && (0 until start(size)).forall(at => bytes(at) == strings.bytes(at))
    case _ => false
  }

  /** The offset of a string in `bytes`. */
  def start(index: Int): Int = if (index == 0) 0 else ends(index - 1)

  /** The length of a string in bytes. */
  def length(index: Int): Int = ends(index) - start(index)

  override def rows(first: Int, count: Int, padded: Int): StringTensor = {
    val width = shape.tail.product.toInt
    val chosen = (first until first + count) ++ Seq.fill(padded - count)(first + count - 1)
    val elements = for (row <- chosen; element <- 0 until width) yield this(row * width + element)
    StringTensor.of(shapeOf(padded), elements.toArray)
  }

  /** Returns a copy of one string's bytes. */
  def apply(index: Int): Array[Byte] = Arrays.copyOfRange(bytes, start(index), ends(index))
}

/** Creates tensors of strings. */
object StringTensor {

  /** Returns a tensor with a copy of these strings, in row-major order. */
  def of(shape: Array[Long], elements: Array[Array[Byte]]): StringTensor =
    new StringTensor(shape, elements.flatten, elements.scanLeft(0)(_ + _.length).tail)
}

/**
 * A tensor whose rows have different lengths. As in TensorFlow, it holds all elements one after the
 * other, and the offsets at which rows begin and end. Only outputs can be ragged.
 *
 * @param values
 *   the elements. Each may be an array, all of one shape.
 * @param splits
 *   the offsets of each level, outermost first. Each row's offset is where it begins in the next
 *   level, and the last offset is the end. They are already checked.
 */
final class RaggedTensor(val values: HostTensor, val splits: Vector[Array[Int]])
    extends HostTensor {

  override def dtype: DType = values.dtype

  /** The shape, with -1 for each dimension that differs between rows. */
  override val shape: Array[Long] =
    (splits.head.length - 1L) +: (splits.map(_ => -1L).toArray ++ values.shape.tail)

  override private[tfpredict] def byteSize: Long =
    values.byteSize + splits.map(4L * _.length).sum

  override private[tfpredict] def copy(): RaggedTensor =
    new RaggedTensor(values.copy(), splits.map(_.clone()))

  override private[tfpredict] def hasSameElements(other: HostTensor): Boolean = other match {
    case ragged: RaggedTensor =>
      splits.map(_.toSeq) == ragged.splits.map(_.toSeq) && values.hasSameElements(ragged.values)
    case _ => false
  }

  override def rows(first: Int, count: Int, padded: Int): HostTensor =
    throw new UnsupportedOperationException("no input is ragged")
}
