package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.{FunctionDef, NodeDef}

import tfpredict.RuntimeCatalog.catalog

class RewritingSuite extends AnyFunSuite {
  private def node(op: String, inputs: String*): NodeDef.Builder =
    NodeDef.newBuilder().setName("node").setOp(op).addAllInput(inputs.asJava)

  private def rewriting(stated: NodeDef): Rewriting = {
    val function = FunctionDef.newBuilder().addNodeDef(stated)
    function.getSignatureBuilder.setName("f")
    Rewriting.of(stated, Scope.of(function.build()))
  }

  test("rules apply to other rules' nodes, which have unique names") {
    val stated = node("FusedBatchNormV3", "x", "scale", "offset", "mean", "variance")
      .putAttr("T", Fragment.kind(DT_FLOAT))
      .putAttr("U", Fragment.kind(DT_FLOAT))
      .putAttr("data_format", Fragment.word("NCDHW"))
      .build()
    val found = rewriting(stated)
    assert(found.rules == Seq(ChannelsFirst, BatchNorm3D) && found.refusal.isEmpty)
    val names = found.nodes.map(_.getName)
    assert(names.distinct == names && names.last == "node")
    val inner = found.nodes.filter(_.getOp == "FusedBatchNormV3").map(
      _.getAttrOrThrow("data_format").getS.toStringUtf8
    )
    assert(inner == Seq("NHWC"))
    // The outputs of both nodes that were replaced by a list.
    assert(found.outputs("node:batch_mean:0") == "node:output:1")
    val between = found.outputs.keySet.filterNot(_.startsWith("node:"))
    assert(between.size == 6)
    assert(found.nodes.last.getInput(1).endsWith(":batch_mean:0"))
  }

  test("a refusal of a rule's node names the original node") {
    val stated = node("Conv3D", "x", "filter")
      .putAttr("T", Fragment.kind(DT_FLOAT))
      .putAttr("data_format", Fragment.word("NCDHW"))
      .build()
    assert(rewriting(stated).refusal.exists(_.startsWith("op Conv3D of unknown depth")))
  }

  test("a node that no rule changes stays the same") {
    val stated = node("Relu", "x").build()
    assert(rewriting(stated) == Rewriting.kept(stated))
  }
}
