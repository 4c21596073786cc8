package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Sums over segments of sparse rows, as in embeddings of sparse ids. The runtime requires int32s.
 * The segment ids are row numbers of the result, so they fit. The row indices may not fit, so the
 * rows are gathered first. `sparse_gradient` only matters in training. Source: `math_ops.cc`, and
 * the runtime's kernels in `segment_reduction_ops.cc`.
 */
private[savedmodel] object SegmentIds extends NodeRule {
  private val Added = Set("Tsegmentids", "sparse_gradient")

  override val ops: Set[String] = for {
    name <- Set("Sum", "Mean", "SqrtN")
    ending <- Set("", "WithNumSegments")
  } yield s"SparseSegment$name$ending"

  override val why = "sparse segments of int64 are made ones of int32"

  // inputs: data, indices, segment_ids, and num_segments if the op has it
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val attributes = node.getAttrMap.asScala
    def isLong(name: String) = attributes.get(name).exists(_.getType == DT_INT64)
    val isSparse = attributes.get("sparse_gradient").exists(_.getB)
    if (!isLong("Tsegmentids") && !isLong("Tidx") && !isSparse) Verdict.Keep
    else {
      val make = new Fragment(node, scope)
      val Seq(data, indices, ids, count @ _*) = make.inputs
      val segments = if (isLong("Tsegmentids")) make.cast(ids, DT_INT64, DT_INT32) else ids
      val rows = if (isLong("Tidx")) gathered(node, make) else Seq(data, indices)
      val kept = attributes.filterKeys(!Added(_)).toSeq.filterNot(_._1.startsWith("_"))
      make.finish(node.getOp, rows ++ (segments +: count): _*)(
        kept :+ ("Tidx" -> kind(DT_INT32)): _*
      )
    }
  }

  /** The gathered rows, and indices that count them. */
  private def gathered(node: NodeDef, make: Fragment): Seq[String] = {
    val Seq(data, indices, _*) = make.inputs
    val rows = make.add("GatherV2", "output", data, indices, make.int(0))(
      "Tparams" -> node.getAttrOrThrow("T"),
      "Tindices" -> kind(DT_INT64),
      "Taxis" -> kind(DT_INT32)
    )
    val count =
      make.add("Size", "output", indices)("T" -> kind(DT_INT64), "out_type" -> kind(DT_INT32))
    val places =
      make.add("Range", "output", make.int(0), count, make.int(1))("Tidx" -> kind(DT_INT32))
    Seq(rows, places)
  }
}
