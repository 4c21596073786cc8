package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/** Counts the values of each row of a sparse matrix; see [[Bincount]]. */
private[savedmodel] object SparseBincount extends NodeRule {
  override val ops: Set[String] = Set("SparseBincount")
  override val why = "SparseBincount is counted by UnsortedSegmentSum"

  // inputs: indices, values, dense_shape, size, weights. With rank 2, a value's row is its first
  // index.
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val Seq(indices, values, shape, size, weights) = make.inputs
    if (!scope.shape(shape).contains(Vector(2L))) {
      Verdict.Refuse("op SparseBincount of another or unknown rank than 2")
    } else {
      def first(input: String, begin: String, end: String, step: String, mask: Long): String =
        make.add("StridedSlice", "output", input, begin, end, step)(
          "T" -> kind(DT_INT64),
          "Index" -> kind(DT_INT32),
          "begin_mask" -> number(mask),
          "end_mask" -> number(mask),
          "shrink_axis_mask" -> number(if (mask == 0) 1 else 2)
        )
      val rowIds = first(indices, make.ints(0, 0), make.ints(0, 1), make.ints(1, 1), mask = 1)
      val rows64 = first(shape, make.ints(0), make.ints(1), make.ints(1), mask = 0)
      val rows = make.cast(rows64, DT_INT64, DT_INT32)
      val leading = make.add("Pack", "output", rows)(
        "N" -> number(1),
        "T" -> kind(DT_INT32),
        "axis" -> number(0)
      )
      Bincount.count(node, make, values, size, weights, rowIds, rows, leading)
    }
  }
}
