package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_BOOL, DT_INT32, DT_INT64}
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * Counts with `UnsortedSegmentSum`. Row r and value v belong to segment r * size + v. A value
 * outside the range gets a negative segment, which that op ignores. Source:
 * `tensorflow/core/ops/math_ops.cc`. (Newer TensorFlow rejects a negative value. This rule ignores
 * it.)
 */
private[rules] object Bincount {

  /**
   * @param rowIds
   *   int64, the row of each value, broadcast to the values
   * @param rows
   *   int32 scalar, the number of rows
   * @param leading
   *   int32 vector, the result's dimensions except the last
   */
  def count(
      node: NodeDef,
      make: Fragment,
      values: String,
      size: String,
      weights: String,
      rowIds: String,
      rows: String,
      leading: String
  ): Verdict = {
    val (index, result) = (node.getAttrOrThrow("Tidx").getType, node.getAttrOrThrow("T").getType)
    val isBinary =
      node.getAttrMap.containsKey("binary_output") && node.getAttrOrThrow("binary_output").getB
    val ints = "T" -> kind(DT_INT32)
    val longs = "T" -> kind(DT_INT64)

    val id = make.cast(values, index, DT_INT64)
    val size64 = make.cast(size, index, DT_INT64)
    val size32 = make.cast(size, index, DT_INT32)
    val base = make.add("Mul", "z", rowIds, size64)(longs)
    val segment = make.add("AddV2", "z", base, id)(longs)
    val inRange = make.add(
      "LogicalAnd",
      "z",
      make.add("Less", "z", id, size64)(longs),
      make.add("GreaterEqual", "z", id, make.long(0))(longs)
    )()
    val outside = make.add("Neg", "y", make.add("OnesLike", "y", segment)(longs))(longs)
    val segments = make.add("Select", "output", inRange, segment, outside)(longs)

    // An empty tensor means no weights. Ones then fill the missing places.
    val flat = make.add("Reshape", "output", weights, make.ints(-1))(
      "T" -> kind(result),
      "Tshape" -> kind(DT_INT32)
    )
    val total = make.add("Size", "output", id)("T" -> kind(DT_INT64), "out_type" -> kind(DT_INT32))
    val stated = make.add("Size", "output", flat)("T" -> kind(result), "out_type" -> kind(DT_INT32))
    val missing = make.add("Sub", "z", total, stated)(ints)
    val length = make.add("Pack", "output", missing)("N" -> number(1), ints, "axis" -> number(0))
    val one = make.cast(make.int(1), DT_INT32, result)
    val ones =
      make.add("Fill", "output", length, one)("T" -> kind(result), "index_type" -> kind(DT_INT32))
    val all = make.add("ConcatV2", "output", flat, ones, make.int(0))(
      "N" -> number(2),
      "T" -> kind(result),
      "Tidx" -> kind(DT_INT32)
    )
    val shape = make.add("Shape", "output", id)("T" -> kind(DT_INT64), "out_type" -> kind(DT_INT32))
    val weight =
      make.add("Reshape", "output", all, shape)("T" -> kind(result), "Tshape" -> kind(DT_INT32))

    val count = make.add("Mul", "z", rows, size32)(ints)
    val sums = make.add("UnsortedSegmentSum", "output", weight, segments, count)(
      "T" -> kind(result),
      "Tindices" -> kind(DT_INT64),
      "Tnumsegments" -> kind(DT_INT32)
    )
    val found =
      if (!isBinary) sums
      else {
        val zero = make.cast(make.int(0), DT_INT32, result)
        make.cast(make.add("NotEqual", "z", sums, zero)("T" -> kind(result)), DT_BOOL, result)
      }
    val last = make.add("Pack", "output", size32)("N" -> number(1), ints, "axis" -> number(0))
    val dims = make.add("ConcatV2", "output", leading, last, make.int(0))(
      "N" -> number(2),
      ints,
      "Tidx" -> kind(DT_INT32)
    )
    make.finish("Reshape", found, dims)("T" -> kind(result), "Tshape" -> kind(DT_INT32))
  }

  /** 0, 1, … as int64. */
  def range(make: Fragment, count: String): String = {
    val end = make.cast(count, DataType.DT_INT32, DataType.DT_INT64)
    make.add("Range", "output", make.long(0), end, make.long(1))("Tidx" -> kind(DataType.DT_INT64))
  }

  def expand(make: Fragment, input: String, axis: Int): String =
    make.add("ExpandDims", "output", input, make.int(axis))(
      "T" -> kind(DataType.DT_INT64),
      "Tdim" -> kind(DataType.DT_INT32)
    )

}

/** Counts the values of a vector, or of each row of a matrix; see [[Bincount]]. */
private[savedmodel] object DenseBincount extends NodeRule {
  override val ops: Set[String] = Set("DenseBincount")
  override val why = "DenseBincount is counted by UnsortedSegmentSum"

  // inputs: input, size, weights; the input is of rank 1 or 2.
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(input, size, weights) = make.inputs
    val ints = "T" -> kind(DT_INT32)
    val shape = make.add("Shape", "output", input)(
      "T" -> node.getAttrOrThrow("Tidx"),
      "out_type" -> kind(DT_INT32)
    )
    val leading =
      make.add("StridedSlice", "output", shape, make.ints(0), make.ints(-1), make.ints(1))(
        ints,
        "Index" -> kind(DT_INT32)
      )
    val rows = make.add("Prod", "output", leading, make.ints(0))(ints, "Tidx" -> kind(DT_INT32))
    val last = make.add("StridedSlice", "output", shape, make.ints(-1), make.ints(0), make.ints(1))(
      ints,
      "Index" -> kind(DT_INT32),
      "shrink_axis_mask" -> number(1)
    )
    val dims = make.add("Pack", "output", rows, last)("N" -> number(2), ints, "axis" -> number(0))
    val matrix = make.add("Reshape", "output", input, dims)(
      "T" -> node.getAttrOrThrow("Tidx"),
      "Tshape" -> kind(DT_INT32)
    )
    val rowIds = Bincount.expand(make, Bincount.range(make, rows), 1)
    Bincount.count(node, make, matrix, size, weights, rowIds, rows, leading)
  }
}

/** Counts the values of each row of a ragged tensor; see [[Bincount]]. */
private[savedmodel] object RaggedBincount extends NodeRule {
  override val ops: Set[String] = Set("RaggedBincount")
  override val why = "RaggedBincount is counted by UnsortedSegmentSum"

  // inputs: splits, values, size, weights. A value's row follows from its place among the splits.
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(splits, values, size, weights) = make.inputs
    val ints = "T" -> kind(DT_INT32)
    def count(input: String, dtype: AttrValue): String =
      make.add("Size", "output", input)("T" -> dtype, "out_type" -> kind(DT_INT32))
    val rows = make.add("Sub", "z", count(splits, kind(DT_INT64)), make.int(1))(ints)
    val leading = make.add("Pack", "output", rows)("N" -> number(1), ints, "axis" -> number(0))
    val places = Bincount.range(make, count(values, node.getAttrOrThrow("Tidx")))
    val after = make.add(
      "UpperBound",
      "output",
      Bincount.expand(make, splits, 0),
      Bincount.expand(make, places, 0)
    )("T" -> kind(DT_INT64), "out_type" -> kind(DT_INT64))
    val flat = make.add("Reshape", "output", after, make.ints(-1))(
      "T" -> kind(DT_INT64),
      "Tshape" -> kind(DT_INT32)
    )
    val rowIds = make.add("Sub", "z", flat, make.long(1))("T" -> kind(DT_INT64))
    Bincount.count(node, make, values, size, weights, rowIds, rows, leading)
  }
}
