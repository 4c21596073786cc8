package tfpredict.savedmodel.adapt.rules

import scala.collection.mutable

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorShapeProto}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/** Builds nodes that compute properties of a node's inputs for checks. */
final private[rules] class Figures(node: NodeDef, make: Fragment) {
  import Condition._

  /** The names and dtypes of the node's inputs. */
  val (names, dtypes) = make.catalog.ops.inputs(node).toVector.unzip

  private val asked = mutable.Map.empty[Int, String]

  // The input, with its shape hidden. The runtime assumes that an input has the shape that its op
  // requires, and would evaluate a check of the shape at loading. It assumes nothing about a
  // placeholder.
  private def input(place: Int): String = asked.getOrElseUpdate(
    place,
    make.add("PlaceholderWithDefault", "output", node.getInput(place))(
      "dtype" -> kind(dtypes(place)),
      "shape" -> Figures.UnknownShape
    )
  )

  def compared(op: String, left: String, right: String, dtype: DataType = DT_INT64): String =
    make.add(op, "z", left, right)("T" -> kind(dtype))

  def both(one: String, other: String): String = make.add("LogicalAnd", "z", one, other)()

  def either(one: String, other: String): String = make.add("LogicalOr", "z", one, other)()

  def everywhere(flags: String): String =
    make.add("All", "output", flags, axes(flags, DT_BOOL))("Tidx" -> kind(DT_INT32))

  /** Reduces over all axes. */
  def reduced(op: String, values: String, dtype: DataType): String =
    make.add(op, "output", values, axes(values, dtype))(
      "T" -> kind(dtype),
      "Tidx" -> kind(DT_INT32)
    )

  /** Whether the product of sizes is below a limit. Each size counts as at least 1. */
  def isBelow(sizes: String, most: Double): String = {
    val dims = make.add("Maximum", "z", sizes, make.real(1, DT_DOUBLE))("T" -> kind(DT_DOUBLE))
    compared("Less", reduced("Prod", dims, DT_DOUBLE), make.real(most, DT_DOUBLE), DT_DOUBLE)
  }

  private def axes(input: String, dtype: DataType): String =
    make.add("Range", "output", make.int(0), rank(input, dtype), make.int(1))(
      "Tidx" -> kind(DT_INT32)
    )

  private def rank(input: String, dtype: DataType): String =
    make.add("Rank", "output", input)("T" -> kind(dtype))

  private val Reals = Set(DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16)

  def isReal(term: Term, place: String => Int): Boolean = term match {
    case Of(what, name, _) => !OfShape(what) && Reals(dtypes(place(name)))
    case _ => false
  }

  /**
   * @param dtype
   *   int64, or float64 if real numbers are compared
   */
  def of(term: Term, place: String => Int, dtype: DataType = DT_INT64): String = term match {
    case Number(value) =>
      if (dtype == DT_INT64) make.long(value) else make.real(value.toDouble, DT_DOUBLE)
    case Of(what, name, index) => of(what, place(name), index, dtype)
  }

  def of(what: String, at: Int): String = of(what, at, 0, DT_INT64)

  /** The same as a float64. */
  def real(what: String, at: Int): String = of(what, at, 0, DT_DOUBLE)

  private def of(what: String, at: Int, index: Int, dtype: DataType): String = what match {
    case "rank" => make.cast(rank(input(at), dtypes(at)), DT_INT32, dtype)
    case "count" =>
      val size = make.add("Size", "output", input(at))(
        "T" -> kind(dtypes(at)),
        "out_type" -> kind(DT_INT64)
      )
      make.cast(size, DT_INT64, dtype)
    case "dim" => make.cast(element(shape(at), DT_INT64, index), DT_INT64, dtype)
    case "item" =>
      val flat = make.add("Reshape", "output", input(at), make.ints(-1))(
        "T" -> kind(dtypes(at)),
        "Tshape" -> kind(DT_INT32)
      )
      make.cast(element(flat, dtypes(at), index), dtypes(at), dtype)
    case "length" =>
      make.cast(make.add("TensorListLength", "length", input(at))(), DT_INT32, dtype)
    case least =>
      val op = Map("min" -> "Min", "max" -> "Max", "sum" -> "Sum")(least)
      reduced(op, cast(at, dtype), dtype)
  }

  // A missing index is an error.
  private def element(vector: String, dtype: DataType, index: Int): String = {
    val end = if (index == -1) 0 else index + 1
    make.add("StridedSlice", "output", vector, make.ints(index), make.ints(end), make.ints(1))(
      "T" -> kind(dtype),
      "Index" -> kind(DT_INT32),
      "shrink_axis_mask" -> number(1)
    )
  }

  /** Whether a vector's elements never decrease. */
  def sorted(place: Int): String = {
    val values = cast(place, DT_INT64)
    val count =
      make.add("Shape", "output", values)("T" -> kind(DT_INT64), "out_type" -> kind(DT_INT32))
    val less = make.add("Sub", "z", count, make.ints(1))("T" -> kind(DT_INT32))
    def part(begin: Int) =
      make.add("Slice", "output", values, make.ints(begin), less)(
        "T" -> kind(DT_INT64),
        "Index" -> kind(DT_INT32)
      )
    everywhere(compared("GreaterEqual", part(1), part(0)))
  }

  def cast(place: Int, dtype: DataType): String = make.cast(input(place), dtypes(place), dtype)

  def shape(place: Int): String =
    make.add("Shape", "output", input(place))(
      "T" -> kind(dtypes(place)),
      "out_type" -> kind(DT_INT64)
    )
}

private[rules] object Figures {
  private val UnknownShape: AttrValue = AttrValue.newBuilder()
    .setShape(TensorShapeProto.newBuilder().setUnknownRank(true))
    .build()
}
