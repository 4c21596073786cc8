package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_FLOAT, DT_INT32}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/** The source coordinates of the result's pixels, each of shape [transforms, height, width]. */
final private[rules] class ProjectedPlaces(make: Fragment, transforms: String, size: String) {
  private val floats = new Arithmetic(make, DT_FLOAT)
  import floats.{minus, number => real, over, plus, times}

  private val Seq(height, width) = make.addList("Unpack", "output", 2, size)(
    "T" -> kind(DT_INT32),
    "num" -> number(2),
    "axis" -> number(0)
  )
  private val parts = make
    .addList("Unpack", "output", 8, transforms)(
      "T" -> kind(DT_FLOAT),
      "num" -> number(8),
      "axis" -> number(1)
    )
    .map(reshaped(_, -1, 1, 1))
  private val columns = reshaped(counted(width), 1, 1, -1)
  private val rows = reshaped(counted(height), 1, -1, 1)

  private def counted(count: String) =
    make.cast(
      make.add("Range", "output", make.int(0), count, make.int(1))("Tidx" -> kind(DT_INT32)),
      DT_INT32,
      DT_FLOAT
    )

  private def reshaped(input: String, dims: Int*) =
    make.add("Reshape", "output", input, make.ints(dims: _*))(
      "T" -> kind(DT_FLOAT),
      "Tshape" -> kind(DT_INT32)
    )

  private def sum(first: Int) =
    plus(
      plus(times(parts(first), columns), times(parts(first + 1), rows)),
      parts.lift(first + 2).getOrElse(real(1))
    )

  private val projection = sum(6)

  /** Whether a pixel has a source, as 0 or 1. */
  val isThere: String = make.cast(
    make.add("NotEqual", "z", projection, real(0))("T" -> kind(DT_FLOAT)),
    DT_BOOL,
    DT_FLOAT
  )

  // Avoids a division by 0. Such a pixel has no source anyway.
  private val divisor = plus(projection, minus(real(1), isThere))

  val x: String = over(sum(0), divisor)
  val y: String = over(sum(3), divisor)
}
