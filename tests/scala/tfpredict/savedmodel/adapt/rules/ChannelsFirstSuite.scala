package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.RuntimeCatalog.catalog

class ChannelsFirstSuite extends RuleSuite(ChannelsFirst) {
  private def ints(values: Long*): AttrValue = Fragment.numbers(values)

  private def convolution(layout: String, attributes: (String, AttrValue)*): NodeDef =
    node("Conv2D", "in", "filter")(
      Seq("T" -> dtype(DT_FLOAT), "data_format" -> text(layout)) ++ attributes: _*
    )

  private def numbers(node: NodeDef, name: String): Seq[Long] =
    node.getAttrOrThrow(name).getList.getIList.asScala.map(_.longValue).toSeq

  test("attributes with a number per dimension are reordered, paddings in pairs") {
    val made = replacement(
      convolution(
        "NCHW",
        "strides" -> ints(1, 2, 3, 4),
        "dilations" -> ints(5, 6, 7, 8),
        "explicit_paddings" -> ints(0, 0, 1, 1, 2, 3, 4, 5)
      )
    )
    assert(made.map(_.getOp) ==
      Seq("Const", "Transpose", "Conv2D", "Const", "Transpose", "Identity"))
    val inner = made(2)
    assert(numbers(inner, "strides") == Seq(1, 3, 4, 2))
    assert(numbers(inner, "dilations") == Seq(5, 7, 8, 6))
    assert(numbers(inner, "explicit_paddings") == Seq(0, 0, 2, 3, 4, 5, 1, 1))
    assert(inner.getAttrOrThrow("data_format").getS.toStringUtf8 == "NHWC")
  }

  test("a static shape is kept through the transpose, so that groups are known") {
    val stated = convolution("NCHW", "strides" -> ints(1, 1, 1, 1), "padding" -> text("SAME"))
    val others = Seq(shaped("in", -1, 4, 9, 9), shaped("filter", 3, 3, 2, 8))
    val scope = Scope.of(
      org.tensorflow.framework.GraphDef.newBuilder().addAllNode((stated +: others).asJava).build()
    )
    val rewriting = Rewriting.of(stated, scope)
    assert(rewriting.rules == Seq(ChannelsFirst, GroupedConvolution))
    val made = rewriting.nodes
    assert(made.count(_.getOp == "Conv2D") == 2 && made.last.getName == stated.getName)
    assert(made.map(_.getName).distinct == made.map(_.getName))
  }

  test("in a function the other outputs get new names") {
    val stated = node("FusedBatchNormV3", "x", "scale", "offset", "mean", "variance")(
      "T" -> dtype(DT_FLOAT),
      "U" -> dtype(DT_FLOAT),
      "data_format" -> text("NCHW")
    )
    val Verdict.Replace(made, outputs, _) = verdicts(stated).last
    assert(made.last.getOp == "IdentityN")
    assert(outputs("y:0") == "output:0" && outputs("reserve_space_3:0") == "output:5")
    assert(made.last.getInput(1).endsWith(":batch_mean:0"))
  }

  test("channels last are kept, and so are nodes that the runtime refuses by itself") {
    assertKept(convolution("NHWC"))
    assertKept(convolution("NCHW_VECT_C"))
    assertKept(node("Conv2D", "in", "filter")("T" -> dtype(DT_FLOAT)))
    assertKept(convolution("NCHW", "strides" -> ints(1, 1, 1)))
    assertKept(node("Conv2D", "in")("T" -> dtype(DT_FLOAT), "data_format" -> text("NCHW")))
  }
}
