package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

class ParsedSequencesSuite extends RuleSuite(ParsedSequences) {

  private def parse(raggedLists: DataType*): NodeDef = {
    val types = AttrValue.ListValue.newBuilder()
    raggedLists.foreach(dtype => types.addType(dtype))
    val inputs = Seq("records", "names", "sparse", "dense", "ragged") ++
      Seq("sparse", "dense", "ragged").map("list_" + _) :+ "missing"
    node("ParseSequenceExampleV2", inputs: _*)(
      "feature_list_ragged_value_types" -> AttrValue.newBuilder().setList(types).build()
    )
  }

  // Some lists are empty, some are missing, and some have steps without a value.
  test("sequences answer as TensorFlow does") {
    assertParity("parsed_sequences", "batch", "ragged", "dense", "lengths")
  }

  test("features that the runtime's parser does not support are refused") {
    assertRefused(
      "op ParseSequenceExampleV2 of ragged lists of features",
      parse(DataType.DT_INT64)
    )
    assertRefused("op ParseSequenceExampleV2 of a scalar", parse(), shaped("records"))
    assertRefused("op ParseSequenceExampleV2 of unknown features", parse())
  }
}
