package tfpredict.savedmodel.fuzz

import scala.util.Random

import com.google.protobuf.ByteString
import org.tensorflow.framework.{DataType, TensorProto, TensorShapeProto}

/**
 * Elements of a tensor of any dtype.
 *
 * @param kind
 *   an index into [[Values.Kinds]]
 */
final case class Values(kind: Int, seed: Int) {
  import Values._

  def tensor(dtype: DataType, dims: Vector[Long]): TensorProto = {
    val proto = TensorProto.newBuilder().setDtype(dtype)
    val shape = TensorShapeProto.newBuilder()
    dims.foreach(dim => shape.addDimBuilder().setSize(dim))
    proto.setTensorShape(shape)
    val count = if (dims.contains(0L)) 0.0 else dims.foldLeft(1.0)(_ * _)
    // In a long tensor one value stands for all.
    val written = if (count > 4096) 1 else count.toInt
    val random = new Random(seed.toLong)
    val numbers = numbersOf(written, random)
    if (dtype == DataType.DT_STRING) {
      val texts = Texts.of(seed, isSpoiled = kind >= 7)
      numbers.foreach(_ => proto.addStringVal(texts()))
    } else numbers.foreach(add(proto, dtype, _))
    proto.build()
  }

  private def numbersOf(count: Int, random: Random): IndexedSeq[Double] = {
    def all(value: => Double) = IndexedSeq.fill(count)(value)
    val plain = kind match {
      case 0 | 7 => all(random.nextInt(4).toDouble)
      case 1 => all(random.nextInt(3).toDouble).sorted
      case 2 | 8 => IndexedSeq.tabulate(count)(_.toDouble)
      case 3 => all(0)
      case 4 => all(1)
      case 5 => all(-1)
      case 6 => all(random.nextGaussian() * 3)
      case 9 => all(wild(random))
      case 10 => all(Int.MaxValue)
      case 11 => all(2 + random.nextInt(9))
      case _ => all(random.nextInt(7) - 3)
    }
    if ((kind != 7 && kind != 8) || plain.isEmpty) plain
    else plain.updated(random.nextInt(count), wild(random))
  }
}

object Values {
  val Kinds = 13

  def any(random: Random): Values = Values(random.nextInt(Kinds), random.nextInt(1 << 20))

  def usual(random: Random): Values =
    Values(Seq(0, 1, 2, 3, 4, 6, 6, 6, 11)(random.nextInt(9)), random.nextInt(1 << 20))

  def small(random: Random): Values =
    Values(Seq(0, 0, 1, 2, 3, 4)(random.nextInt(6)), random.nextInt(1 << 20))

  def sorted(random: Random): Values = Values(1, random.nextInt(1 << 20))

  private val extremes = Seq(Double.NaN, Double.PositiveInfinity, Double.NegativeInfinity) ++
    Seq(1e30, -1e30, 1e-40, Int.MinValue, Int.MaxValue, Long.MinValue, Long.MaxValue, -1, -2, 0) ++
    Seq(127, 128, 255, 256, 65536, 1 << 20, 1 << 30, 1L << 31, 1L << 32, 1L << 40, 1L << 62)
      .map(_.toDouble)

  private def wild(random: Random): Double = extremes(random.nextInt(extremes.size))

  private def add(proto: TensorProto.Builder, dtype: DataType, value: Double): Unit = {
    import DataType._
    dtype match {
      case DT_FLOAT => proto.addFloatVal(value.toFloat)
      case DT_DOUBLE => proto.addDoubleVal(value)
      case DT_BOOL => proto.addBoolVal(value.toLong % 2 != 0)
      case DT_INT64 => proto.addInt64Val(value.toLong)
      case DT_UINT64 => proto.addUint64Val(value.toLong)
      case DT_UINT32 => proto.addUint32Val(value.toInt)
      case DT_COMPLEX64 => proto.addScomplexVal(value.toFloat).addScomplexVal(1)
      case DT_COMPLEX128 => proto.addDcomplexVal(value).addDcomplexVal(1)
      case DT_BFLOAT16 =>
        proto.addHalfVal(java.lang.Float.floatToRawIntBits(value.toFloat) >>> 16)
      case DT_HALF => proto.addHalfVal(half(value))
      case _ => proto.addIntVal(value.toInt)
    }
    ()
  }

  private def half(value: Double): Int = value match {
    case 0 => 0
    case 1 => 0x3c00
    case 2 => 0x4000
    case 3 => 0x4200
    case -1 => 0xbc00
    case _ if value.isNaN => 0x7e00
    case _ if value.isInfinity => if (value > 0) 0x7c00 else 0xfc00
    case _ => if (value > 0) 0x3800 else 0xb800
  }

  def text(value: String): ByteString = ByteString.copyFromUtf8(value)
}
