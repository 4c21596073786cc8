package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, FunctionDef, GraphDef, NodeDef}

import tfpredict.RuntimeCatalog.catalog
import tfpredict.savedmodel.adapt.MissingKernels

class WiderOpsSuite extends AnyFunSuite {

  private def node(op: String, inputs: String*)(attributes: (String, DataType)*): NodeDef =
    NodeDef.newBuilder().setName("n").setOp(op).addAllInput(inputs.asJava).putAllAttr(
      attributes.map { case (name, dtype) => name -> Fragment.kind(dtype) }.toMap.asJava
    ).build()

  private val inGraph = Scope.of(GraphDef.getDefaultInstance)
  private val inFunction = Scope.of(FunctionDef.getDefaultInstance)

  private def ops(node: NodeDef): Seq[String] =
    WiderOps.of(node, inGraph).fold(Seq.empty[String])(_.nodes.map(_.getOp))

  test("a product of small floats is one of float32, rounded once") {
    for (dtype <- Seq(DT_HALF, DT_BFLOAT16)) {
      val found = WiderOps.of(node("MatMul", "a", "b")("T" -> dtype), inFunction).get
      assert(found.nodes.map(_.getOp) == Seq("Cast", "Cast", "MatMul", "Cast"))
      assert(found.nodes(2).getAttrOrThrow("T").getType == DT_FLOAT)
      val last = found.nodes.last
      assert(last.getName == "n" && last.getAttrOrThrow("DstT").getType == dtype)
      assert(last.getInputList.asScala == Seq(s"${found.nodes(2).getName}:product:0"))
      assert(found.renamed == Map("n:product:0" -> "n:y:0"))
    }
  }

  test("only the outputs of the small dtype are rounded") {
    val norm = node("FusedBatchNormV3", "x", "scale", "offset", "mean", "variance")(
      "T" -> DT_BFLOAT16,
      "U" -> DT_FLOAT
    )
    val found = WiderOps.of(norm, inFunction).get
    assert(found.nodes.map(_.getOp) == Seq("Cast", "FusedBatchNormV3", "Cast", "IdentityN"))
    assert(found.nodes.last.getInputCount == 6)
    assert(found.renamed("n:batch_mean:0") == "n:output:1")
    val types = found.nodes.last.getAttrOrThrow("T").getList.getTypeList.asScala
    assert(types == DT_BFLOAT16 +: Seq.fill(5)(DT_FLOAT))
  }

  test("an op with an output of another dtype stays the last node") {
    val compared = node("Less", "a", "b")("T" -> DT_UINT16)
    val found = WiderOps.of(compared, inFunction).get
    assert(found.nodes.map(_.getOp) == Seq("Cast", "Cast", "Less"))
    assert(found.nodes.last.getName == "n" && found.renamed.isEmpty)
  }

  test("the replacing op keeps the node's control inputs") {
    val stitched = node("DynamicStitch", "ids", "data", "^check")("T" -> DT_UINT64)
      .toBuilder.putAttr("N", Fragment.number(1)).build()
    val found = WiderOps.of(stitched, inFunction).get
    val waiting = found.nodes.filter(_.getInputList.asScala.contains("^check")).map(_.getOp)
    assert(waiting == Seq("DynamicStitch", "Cast"))
  }

  test("integers are widened only without a kernel") {
    assert(ops(node("AddV2", "a", "b")("T" -> DT_INT8)).isEmpty)
    assert(ops(node("MatMul", "a", "b")("T" -> DT_INT8)) == Seq("Cast", "Cast", "MatMul", "Cast"))
    assert(ops(node("Maximum", "a", "b")("T" -> DT_UINT8)).last == "Cast")
    assert(ops(node("Sub", "a", "b")("T" -> DT_UINT32)) == Seq("Cast", "Cast", "Sub", "Cast"))
    assert(ops(node("Sub", "a", "b")("T" -> DT_UINT64)) == Seq("Cast", "Cast", "Sub", "Cast"))
    // Half of uint64 is negative as int64.
    assert(ops(node("Maximum", "a", "b")("T" -> DT_UINT64)).isEmpty)
  }

  test("nodes that the optimizer would fuse into an op without a kernel are widened") {
    val quotient = node("RealDiv", "a", "b")("T" -> DT_BFLOAT16)
    assert(ops(quotient) == Seq("Cast", "Cast", "RealDiv", "Cast"))
    for (op <- Seq("Log", "Square"))
      assert(ops(node(op, "a")("T" -> DT_BFLOAT16)) == Seq("Cast", op, "Cast"))
    assert(ops(node("RealDiv", "a", "b")("T" -> DT_HALF)).isEmpty)
  }

  test("nodes that are right stay unchanged") {
    assert(ops(node("MatMul", "a", "b")("T" -> DT_FLOAT)).isEmpty)
    assert(ops(node("Mul", "a", "b")("T" -> DT_BFLOAT16)).isEmpty)
    assert(ops(node("Softmax", "a")("T" -> DT_HALF)).isEmpty)
    assert(ops(node("Reshape", "a", "b")("T" -> DT_HALF, "Tshape" -> DT_INT32)).isEmpty)
  }

  test("functions of small floats then have a CPU kernel") {
    val registry = catalog.ops
    for {
      op <- Seq("Erf", "Exp", "Sigmoid", "Selu", "Softsign", "Tanh", "Rsqrt", "Xlogy", "DivNoNan")
      inputs = if (Set("Xlogy", "DivNoNan")(op)) Seq("a", "b") else Seq("a")
      dtype <- Seq(DT_HALF, DT_BFLOAT16)
      made = node(op, inputs: _*)("T" -> dtype)
    } {
      val nodes = WiderOps.of(made, inGraph).fold(Seq(made))(_.nodes)
      assert(nodes.flatMap(registry.disallowed).isEmpty, op)
      assert(nodes.flatMap(MissingKernels.of(_)).isEmpty, s"$op of $dtype")
    }
  }

  test("lists of inputs are cast one by one, without hints") {
    val sum = node("AddN", "a", "b", "c")("T" -> DT_UINT32).toBuilder
      .putAttr("N", AttrValue.newBuilder().setI(3).build())
      .putAttr("_output_shapes", AttrValue.getDefaultInstance)
      .build()
    val found = WiderOps.of(sum, inGraph).get.nodes
    assert(found.map(_.getOp) == Seq("Cast", "Cast", "Cast", "AddN", "Cast"))
    assert(!found(3).containsAttr("_output_shapes") && found(3).getAttrOrThrow("N").getI == 3)
  }
}
