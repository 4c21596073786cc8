package tfpredict.savedmodel.adapt.rules

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
      "ragged_split_types" -> types(ragged.map(_ => DataType.DT_INT32): _*),
      "Tdense" -> types(),
      "dense_shapes" -> types()
    )
  }

  // Some records lack features, and some features have several lengths.
  test("batches and single records answer as TensorFlow does") {
    assertParity(
      "parsed_examples",
      Seq("batch", "each", "first", "dense", "sparse") ++
        Seq("ragged", "beside_sparse", "partitioned", "first_ragged"): _*
    )
  }

  test("records of unknown rank are treated as a batch, which the runtime checks") {
    val Seq(unpack, parsed, outputs) = replacement(parse())
    assert(unpack.getOp == "Unpack" && unpack.getAttrOrThrow("num").getI == 1)
    assert(parsed.getOp == "ParseExample" && outputs.getOp == "IdentityN")
  }

  test("ragged features are parsed after the sparse ones") {
    val parsed = replacement(parse(DataType.DT_INT64)).find(_.getOp == "ParseExample").get
    assert(parsed.getAttrOrThrow("Nsparse").getI == 2)
    assert(
      parsed.getAttrOrThrow("sparse_types").getList.getTypeList ==
        java.util.Arrays.asList(DataType.DT_STRING, DataType.DT_INT64)
    )
  }

  test("a single record whose features are not constant is refused") {
    assertRefused(
      "op ParseExampleV2 of a scalar and of unknown features",
      parse(),
      shaped("records")
    )
  }
}
