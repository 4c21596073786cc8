package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.AttrValue
import org.tensorflow.framework.DataType.DT_FLOAT

class ResizedListSuite extends RuleSuite(ResizedList) {

  private def written(attributes: (String, AttrValue)*) =
    node("TensorListSetItem", "list", "index", "item")(
      Seq("element_dtype" -> dtype(DT_FLOAT)) ++ attributes: _*
    )

  private def resizes(value: Boolean) =
    "resize_if_index_out_of_bounds" -> AttrValue.newBuilder().setB(value).build()

  test("a list that grows answers as TensorFlow does") {
    assertParity("resized_list", "growing")
  }

  test("a list that does not grow is kept") {
    assertKept(written())
    assertKept(written(resizes(false)))
  }

  test("a list that grows is resized before it is written") {
    val nodes = replacement(written(resizes(true)))
    assert(nodes.map(_.getOp) == Seq(
      "TensorListLength",
      "Const",
      "AddV2",
      "Maximum",
      "TensorListResize",
      "TensorListSetItem"
    ))
    assert(!nodes.last.containsAttr("resize_if_index_out_of_bounds"))
    assert(nodes.last.getAttrOrThrow("element_dtype").getType == DT_FLOAT)
  }
}
