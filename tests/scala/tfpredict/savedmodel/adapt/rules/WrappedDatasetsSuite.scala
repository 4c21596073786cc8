package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue

class WrappedDatasetsSuite extends RuleSuite(WrappedDatasets) {

  private val elements = Seq("output_types", "output_shapes").map(name =>
    name -> AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance).build()
  )

  test("a wrapper of a dataset becomes one that takes all elements, without other inputs") {
    for (op <- WrappedDatasets.ops) {
      val made = replacement(node(op, "dataset", "more")(elements: _*)).last
      assert(made.getOp == "TakeDataset" && made.getInput(0) == "dataset", op)
      assert(!made.getInputList.contains("more"), op)
    }
  }
}
