package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{AttrValue, TensorShapeProto}

class BatchedMapsSuite extends RuleSuite(BatchedMaps) {

  private def shape(dims: Long*): TensorShapeProto.Builder = {
    val made = TensorShapeProto.newBuilder()
    dims.foreach(size => made.addDimBuilder().setSize(size))
    made
  }

  private def list(made: AttrValue.ListValue.Builder): AttrValue =
    AttrValue.newBuilder().setList(made).build()

  test("a function's elements have the batches' shapes without the first size") {
    val empty = list(AttrValue.ListValue.newBuilder())
    val found = replacement(node("MapAndBatchDataset", "data", "other", "size", "calls", "drops")(
      "f" -> AttrValue.getDefaultInstance,
      "Targuments" -> empty,
      "output_types" -> empty,
      "output_shapes" -> list(AttrValue.ListValue.newBuilder().addShape(shape(-1, 5)))
    ))
    val Seq(mapped, batched) = found
    assert(mapped.getOp == "MapDataset" && batched.getOp == "BatchDatasetV2")
    assert(mapped.getInputList.contains("other") && mapped.getInputCount == 2)
    assert(mapped.getAttrOrThrow("output_shapes").getList.getShape(0) == shape(5).build())
    assert(batched.getInput(1) == "size" && batched.getInput(2) == "drops")
  }
}
