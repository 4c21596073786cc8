package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType

class BatchDimsSuite extends RuleSuite(BatchDims) {
  private def gather(op: String, dims: Long) =
    node(op, "rows", "ids", "axis")(
      "batch_dims" -> Fragment.number(dims),
      "dtype" -> dtype(DataType.DT_FLOAT),
      "Tindices" -> dtype(DataType.DT_INT32)
    )

  test("dimensions that are counted from the end are counted from the first") {
    val made = replacement(gather("GatherV2", -1), shaped("ids", -1, 3))
    assert(made.map(_.getOp) == Seq("GatherV2"))
    assert(made.last.getAttrOrThrow("batch_dims").getI == 1)
    assertKept(gather("GatherV2", 1), shaped("ids", -1, 3))
    assertKept(gather("GatherV2", 0))
  }

  test("indices of unknown rank are refused") {
    assertRefused(
      "op GatherV2 with batch_dims=-1, whose indices are of no known rank,",
      gather("GatherV2", -1)
    )
  }

  test("a variable is read before its rows are gathered by batch dimensions") {
    val resource = gather("ResourceGather", 1).toBuilder
    resource.clearInput().addInput("rows").addInput("ids")
    val made = replacement(resource.build(), shaped("ids", -1, 3))
    assert(made.map(_.getOp) == Seq("ReadVariableOp", "Const", "GatherV2"))
    assert(made.last.getAttrOrThrow("batch_dims").getI == 1)
  }
}
