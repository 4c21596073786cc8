package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_FLOAT, DT_INT64}

class UpdatedSlicesSuite extends RuleSuite(UpdatedSlices) {

  test("slices that are replaced answer as TensorFlow does") {
    assertParity("updated_slices", "inside", "all_but_room", "int64_indices", "bools", "int32")
  }

  test("the slice is updated at its index") {
    val update = node("XlaDynamicUpdateSlice", "whole", "update", "indices")(
      "T" -> dtype(DT_FLOAT),
      "Tindices" -> dtype(DT_INT64)
    )
    val nodes = replacement(update)
    assert(nodes.last.getOp == "Select")
    assert(nodes.last.getInput(2) == "whole")
    assert(nodes.count(_.getOp == "Pad") == 2)
  }
}
