package tfpredict.savedmodel.rules

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

class ParsedExamplesSuite extends RuleSuite(ParsedExamples) {

  private def parse(ragged: DataType*): NodeDef = {
    def types(dtypes: DataType*) = {
      val list = AttrValue.ListValue.newBuilder()
      dtypes.foreach(dtype => list.addType(dtype))
      AttrValue.newBuilder().setList(list).build()
    }
    node("ParseExampleV2", "records", "names", "sparse", "dense", "ragged")(
      "sparse_types" -> types(DataType.DT_STRING),
      "ragged_value_types" -> types(ragged: _*),
      "Tdense" -> types(),
      "dense_shapes" -> types()
    )
  }

  // Records lack features, and have them in several lengths.
  test("batches and single records answer as TensorFlow does") {
    assertParity("parsed_examples", "batch", "each", "first", "dense", "sparse")
  }

  test("records of unknown rank are taken for a batch, which the runtime checks") {
    val Seq(unpack, parsed) = replacement(parse())
    assert(unpack.getOp == "Unpack" && unpack.getAttrOrThrow("num").getI == 1)
    assert(parsed.getOp == "ParseExample")
  }

  test("ragged features are refused, and a single record whose features are not constant") {
    assertRefused("op ParseExampleV2 of ragged features", parse(DataType.DT_INT64))
    assertRefused(
      "op ParseExampleV2 of a scalar and of unknown features",
      parse(),
      shaped("records")
    )
  }
}
