package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_FLOAT}

/**
 * Maps coordinates outside an image to coordinates inside. Source:
 * `tensorflow/core/kernels/image/image_ops.h`, `MapCoordinate`.
 */
final private[rules] class FillMode(make: Fragment, mode: String) {
  private val floats = new Arithmetic(make, DT_FLOAT)
  import floats._

  /**
   * A coordinate in a dimension of this length. It is inside, unless the mode fills with a
   * constant.
   */
  def within(place: String, length: String): String = mode match {
    case "REFLECT" => clamped(either(place, length, reflected), length)
    case "WRAP" => clamped(either(place, length, wrapped), length)
    case "NEAREST" => clamped(place, length)
    case _ => place
  }

  /** The nearest integer. Halves are rounded away from zero. */
  def nearest(place: String): String = {
    val size = unary("Abs", place)
    val floor = unary("Floor", size)
    val up = make.cast(
      binary("GreaterEqual", minus(size, floor), number(0.5)),
      DT_BOOL,
      DT_FLOAT
    )
    times(unary("Sign", place), plus(floor, up))
  }

  // Maps coordinates before the first and after the last pixel.
  private def either(
      place: String,
      length: String,
      mapped: (String, String) => (String, String)
  ): String = {
    val (before, beyond) = mapped(place, length)
    val isBeyond = binary("Greater", place, minus(length, number(1)))
    select(binary("Less", place, number(0)), before, select(isBeyond, beyond, place))
  }

  private def reflected(place: String, length: String): (String, String) = {
    val twice = times(number(2), length)
    val near = plus(times(twice, unary("Floor", over(unary("Neg", place), twice))), place)
    val before = select(
      binary("Less", near, unary("Neg", length)),
      plus(near, twice),
      minus(unary("Neg", near), number(1))
    )
    val rest = minus(place, times(twice, unary("Floor", over(place, twice))))
    val beyond = select(
      binary("GreaterEqual", rest, length),
      minus(minus(twice, rest), number(1)),
      rest
    )
    (before, beyond)
  }

  private def wrapped(place: String, length: String): (String, String) = {
    val last = binary("Maximum", minus(length, number(1)), number(1))
    val rounds = plus(unary("Floor", over(unary("Neg", place), last)), number(1))
    (
      plus(place, times(length, rounds)),
      minus(place, times(length, unary("Floor", over(place, last))))
    )
  }

  private def clamped(place: String, length: String): String =
    binary("Maximum", binary("Minimum", place, minus(length, number(1))), number(0))
}

private[rules] object FillMode {
  val all: Set[String] = Set("CONSTANT", "REFLECT", "WRAP", "NEAREST")
}
