package tfpredict.fuzz

import scala.util.Random

import tfpredict.tensor.DType

/** Elements of a row: derived from a good one, or random. */
final class SpoiledValue(random: Random) {
  import SpoiledValue._
  private val texts = new SpoiledText(random)

  /**
   * Returns a changed element.
   *
   * @param near
   *   a good element
   */
  def apply(dtype: DType, near: Any): Any = (dtype, near) match {
    case (DType.Utf8, text: Array[Byte]) => texts(text)
    case (DType.Bool, _) => random.nextBoolean()
    case (DType.Float32, good: Float) => real(good.toDouble).toFloat
    case (DType.Float64, good: Double) => real(good)
    case (DType.Int32, good: Int) => whole(good.toLong).toInt
    case (DType.Int64, good: Long) => whole(good)
    case (DType.UInt8, good: Short) => whole(good.toLong).toShort
    case (other, _) => throw new IllegalArgumentException(s"no row has $other")
  }

  /** Returns a random element of this dtype. */
  def any(dtype: DType): Any = dtype match {
    case DType.Utf8 => texts(Array.emptyByteArray)
    case DType.Bool => random.nextBoolean()
    case DType.Float32 => real(1).toFloat
    case DType.Float64 => real(1)
    case DType.Int32 => whole(1).toInt
    case DType.Int64 => whole(1)
    case _ => whole(1).toShort
  }

  private def real(near: Double): Double = random.nextInt(6) match {
    case 0 => near + random.nextInt(3) - 1
    case 1 => random.nextGaussian() * 10
    case 2 => random.nextInt(9).toDouble
    case 3 => -near
    case _ => Reals(random.nextInt(Reals.size))
  }

  private def whole(near: Long): Long = random.nextInt(6) match {
    case 0 => near + random.nextInt(3) - 1
    case 1 | 2 => random.nextInt(12).toLong
    case 3 => -random.nextInt(6).toLong
    case 4 => random.nextInt(1 << random.nextInt(20)).toLong
    case _ => Wholes(random.nextInt(Wholes.size))
  }
}

object SpoiledValue {
  private val Reals = Seq(Double.NaN, Double.PositiveInfinity, Double.NegativeInfinity) ++
    Seq(0.0, -0.0, 1e-40, -1e-40, 1.4e-45, 4.9e-324, 1e-320, 1e30, -1e30, 3.4e38, 1e300) ++
    Seq(0.5, 1.5, 1e9, 2147483647.0, 2147483648.0, 4294967296.0, -2147483649.0, 9.3e18, -1e19)

  private val Wholes = Seq(Int.MaxValue, Int.MinValue, -1, 127, 128, 255, 256, 65535, 65536)
    .map(_.toLong) ++
    Seq(Long.MaxValue, Long.MinValue, 1L << 31, 1L << 32, (1L << 32) - 1, 1L << 40, 1L << 62) ++
    Seq(1L << 20, 1L << 24, 1L << 28, 1L << 30, Int.MaxValue - 1L, Int.MinValue + 1L)
}
