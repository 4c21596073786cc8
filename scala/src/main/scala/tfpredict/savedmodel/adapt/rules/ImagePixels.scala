package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue
import org.tensorflow.framework.DataType.{DT_BOOL, DT_FLOAT, DT_INT32}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/** Looks up the pixels of images. One extra pixel fills the outside. */
final private[rules] class ImagePixels(
    make: Fragment,
    images: String,
    fill: String,
    ofDtype: AttrValue
) {
  private val ints = new Arithmetic(make, DT_INT32)
  private val floats = new Arithmetic(make, DT_FLOAT)

  private val shape =
    make.add("Shape", "output", images)("T" -> ofDtype, "out_type" -> kind(DT_INT32))
  private val Seq(count, rows, columns, channels) =
    make.addList("Unpack", "output", 4, shape)(
      "T" -> kind(DT_INT32),
      "num" -> number(4),
      "axis" -> number(0)
    )
  val height: String = make.cast(rows, DT_INT32, DT_FLOAT)
  val width: String = make.cast(columns, DT_INT32, DT_FLOAT)
  private val total = ints.times(ints.times(count, rows), columns)
  private val firsts = {
    val images = make.add("Range", "output", make.int(0), count, make.int(1))(
      "Tidx" -> kind(DT_INT32)
    )
    val each = make.add("Reshape", "output", images, make.ints(-1, 1, 1))(
      "T" -> kind(DT_INT32),
      "Tshape" -> kind(DT_INT32)
    )
    ints.times(each, ints.times(rows, columns))
  }

  // All pixels, each with its channels. The last one is the fill.
  private val all = {
    def shaped(sizes: String*) =
      make.add("Pack", "output", sizes: _*)(
        "N" -> number(sizes.size.toLong),
        "T" -> kind(DT_INT32),
        "axis" -> number(0)
      )
    val flat = make.add("Reshape", "output", images, shaped(total, channels))(
      "T" -> ofDtype,
      "Tshape" -> kind(DT_INT32)
    )
    val value = make.cast(fill, DT_FLOAT, ofDtype.getType)
    val last = make.add("Fill", "output", shaped(make.int(1), channels), value)(
      "T" -> ofDtype,
      "index_type" -> kind(DT_INT32)
    )
    make.add("ConcatV2", "output", flat, last, make.int(0))(
      "N" -> number(2),
      "T" -> ofDtype,
      "Tidx" -> kind(DT_INT32)
    )
  }

  /** The pixels at integer coordinates, as float32, each with its channels. */
  def at(y: String, x: String, isThere: String): String = {
    import floats.{binary, minus, number => real}
    def inside(of: String, length: String) = floats.times(
      flag("GreaterEqual", of, real(0)),
      flag("Less", of, length)
    )
    // Clamped, so that every coordinate fits an int32.
    def whole(of: String, length: String) = make.cast(
      binary("Minimum", binary("Maximum", of, real(0)), minus(length, real(1))),
      DT_FLOAT,
      DT_INT32
    )
    val known = make.cast(
      floats.times(isThere, floats.times(inside(y, height), inside(x, width))),
      DT_FLOAT,
      DT_INT32
    )
    val index = ints.plus(
      ints.plus(firsts, ints.times(whole(y, height), columns)),
      whole(x, width)
    )
    val unknown = ints.times(ints.minus(make.int(1), known), total)
    val found = make.add(
      "GatherV2",
      "output",
      all,
      ints.plus(ints.times(known, index), unknown),
      make.int(0)
    )("Tparams" -> ofDtype, "Tindices" -> kind(DT_INT32), "Taxis" -> kind(DT_INT32))
    make.cast(found, ofDtype.getType, DT_FLOAT)
  }

  private def flag(op: String, one: String, other: String) =
    make.cast(
      floats.binary(op, one, other),
      DT_BOOL,
      DT_FLOAT
    )
}
