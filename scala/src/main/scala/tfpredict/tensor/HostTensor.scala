package tfpredict.tensor

import java.nio.{ByteBuffer, ByteOrder}
import java.util.Arrays

/**
 * A tensor in the JVM's own memory: the only tensor that crosses between packages. Native tensors
 * never leave `session`. Elements are row-major.
 */
sealed trait HostTensor {
  def dtype: DType
  def shape: Array[Long]

  /** Bytes of its elements. */
  private[tfpredict] def byteSize: Long

  /**
   * Some of its rows: a tensor of that many, perhaps over the same memory.
   *
   * @param padded
   *   so many rows it is to have; the last is there again and again
   */
  def rows(first: Int, count: Int, padded: Int): HostTensor

  /** The same elements, in memory of their own. */
  private[tfpredict] def copy(): HostTensor

  /** Whether another of the same shape has the same elements, bit by bit. */
  private[tfpredict] def hasSameElements(other: HostTensor): Boolean

  /** The shape of so many rows. */
  protected def shapeOf(rows: Int): Array[Long] = rows.toLong +: shape.tail
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

  def start(index: Int): Int = if (index == 0) 0 else ends(index - 1)

  def length(index: Int): Int = ends(index) - start(index)

  override def rows(first: Int, count: Int, padded: Int): StringTensor = {
    val width = shape.tail.product.toInt
    val chosen = (first until first + count) ++ Seq.fill(padded - count)(first + count - 1)
    val elements = for (row <- chosen; element <- 0 until width) yield this(row * width + element)
    StringTensor.of(shapeOf(padded), elements.toArray)
  }

  /** A copy of one. */
  def apply(index: Int): Array[Byte] = Arrays.copyOfRange(bytes, start(index), ends(index))
}

object StringTensor {
  def of(shape: Array[Long], elements: Array[Array[Byte]]): StringTensor =
    new StringTensor(shape, elements.flatten, elements.scanLeft(0)(_ + _.length).tail)
}

/**
 * Rows of any length each: all their elements one after the other, and where each row begins and
 * ends in them, as TensorFlow has it. Only outputs are such.
 *
 * @param values
 *   the elements, of which each may be an array of one shape
 * @param splits
 *   outermost first: for each row where it begins in what is further in, and at last where that
 *   ends; checked
 */
final class RaggedTensor(val values: HostTensor, val splits: Vector[Array[Int]])
    extends HostTensor {

  override def dtype: DType = values.dtype

  /** With -1 for each dimension that is a row's own. */
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
