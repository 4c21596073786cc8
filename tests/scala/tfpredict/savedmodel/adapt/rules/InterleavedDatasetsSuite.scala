package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue

class InterleavedDatasetsSuite extends RuleSuite(InterleavedDatasets) {

  private val kept = Seq("f", "Targuments", "output_types", "output_shapes")
    .map(name => name -> AttrValue.getDefaultInstance)

  test("datasets take turns with the same counts, whatever runs in parallel") {
    for {
      (version, more) <- Seq("V2" -> 1, "V3" -> 1, "V4" -> 3)
      inputs = Seq("data", "other", "cycle", "block") ++ (1 to more).map(n => s"more_$n")
      found = replacement(node(s"ParallelInterleaveDataset$version", inputs: _*)(kept: _*)).last
    } {
      assert(found.getOp == "InterleaveDataset", version)
      assert(found.getInputList.toArray.toSeq == inputs.take(4), version)
    }
  }
}
