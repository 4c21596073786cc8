package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT32, DT_INT64}
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.RuntimeCatalog.catalog

class SegmentIdsSuite extends RuleSuite(SegmentIds) {

  private def sum(ids: DataType, isSparse: Boolean): NodeDef =
    node("SparseSegmentSum", "data", "indices", "ids")(
      "T" -> dtype(DT_FLOAT),
      "Tidx" -> dtype(DT_INT32),
      "Tsegmentids" -> dtype(ids),
      "sparse_gradient" -> AttrValue.newBuilder().setB(isSparse).build()
    )

  // Some rows have no ids.
  test("embeddings of sparse ids answer as TensorFlow does") {
    val counted = Seq("counted_sum", "counted_mean", "counted_sqrtn")
    assertParity("segment_ids", Seq("sum", "mean", "sqrtn", "rows") ++ counted: _*)
  }

  test("every op of the family is the runtime's, without the newer attributes") {
    assert(SegmentIds.ops.size == 6)
    for (op <- SegmentIds.ops) {
      assert(catalog.ops.contains(op), op)
      assert(!catalog.ops.hasAttribute(op, "Tsegmentids"))
    }
  }

  test("segments of int32 are kept, and an attribute about gradients is left out") {
    assertKept(sum(DT_INT32, isSparse = false))
    val Seq(only) = replacement(sum(DT_INT32, isSparse = true))
    assert(only.getInputList == sum(DT_INT32, isSparse = true).getInputList)
    val Seq(cast, last) = replacement(sum(DT_INT64, isSparse = false))
    assert(cast.getOp == "Cast" && cast.getInput(0) == "ids")
    for (replaced <- Seq(only, last))
      assert(!replaced.containsAttr("Tsegmentids") && !replaced.containsAttr("sparse_gradient"))
  }
}
