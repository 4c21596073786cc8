package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType.DT_INT32

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * Reshapes tensors of one dtype, and computes sizes. Sizes are int32, and only known at run time.
 */
final private[rules] class Shapes(make: Fragment, dtype: DataType) {
  private val int = kind(DT_INT32)
  private val ofDtype = "T" -> kind(dtype)

  /** A tensor's size in one dimension, a scalar. */
  def dim(tensor: String, index: Int): String = {
    val shape = make.add("Shape", "output", tensor)(ofDtype, "out_type" -> int)
    at(shape, index, DT_INT32)
  }

  def times(x: String, y: String): String = make.add("Mul", "z", x, y)("T" -> int)

  def plus(x: String, y: String): String = make.add("AddV2", "z", x, y)("T" -> int)

  /** Joins scalars into a vector. */
  def sizes(scalars: String*): String = pack(DT_INT32, 0, scalars)

  def pack(tensors: Seq[String]): String = pack(dtype, 0, tensors)

  private def pack(of: DataType, axis: Long, tensors: Seq[String]): String =
    make.add("Pack", "output", tensors: _*)(
      "N" -> number(tensors.size.toLong),
      "T" -> kind(of),
      "axis" -> number(axis)
    )

  /** int32 vectors of one length, side by side. */
  def columns(vectors: String*): String = pack(DT_INT32, 1, vectors)

  def reshape(tensor: String, to: String): String =
    make.add("Reshape", "output", tensor, to)(ofDtype, "Tshape" -> int)

  def concat(axis: Int, tensors: Seq[String]): String = tensors match {
    case Seq(only) => only
    case several =>
      make.add("ConcatV2", "output", several :+ make.int(axis): _*)(
        "N" -> number(several.size.toLong),
        ofDtype,
        "Tidx" -> int
      )
  }

  /** Elements of the first dimension: one, or those at a vector's indices. */
  def gather(tensor: String, places: String): String = gather(tensor, places, dtype)

  def at(tensor: String, index: Int): String = at(tensor, index, dtype)

  private def at(tensor: String, index: Int, of: DataType) = gather(tensor, make.int(index), of)

  private def gather(tensor: String, places: String, of: DataType) =
    make.add("GatherV2", "output", tensor, places, make.int(0))(
      "Tparams" -> kind(of),
      "Tindices" -> int,
      "Taxis" -> int
    )

  /** 0, 1, … */
  def range(end: String): String =
    make.add("Range", "output", make.int(0), end, make.int(1))("Tidx" -> int)

  def expand(tensor: String, axis: Int, of: DataType = dtype): String =
    make.add("ExpandDims", "output", tensor, make.int(axis))("T" -> kind(of), "Tdim" -> int)

  def transpose(tensor: String, order: Int*): String = make.transpose(tensor, dtype, order)
}
