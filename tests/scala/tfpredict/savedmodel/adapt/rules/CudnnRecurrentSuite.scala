package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_FLOAT
import org.tensorflow.framework.{AttrValue, NodeDef}

class CudnnRecurrentSuite extends RuleSuite(CudnnRecurrent) {
  private def layer(op: String, attributes: (String, AttrValue)*): NodeDef =
    node(op, Seq("x", "h", "c", "params") ++ (if (op.endsWith("3")) Seq("lengths") else Nil): _*)(
      ("T" -> dtype(DT_FLOAT)) +: attributes: _*
    )

  private val state = shaped("h", 1, -1, 4)

  test("an LSTM is one op of the CPU, without a loop") {
    val made = replacement(layer("CudnnRNN"), state)
    assert(made.count(_.getOp == "BlockLSTM") == 1 && !made.exists(_.getOp == "While"))
    assert(made.last.getOp == "IdentityN" && made.last.getInputCount == 4)
  }

  test("a GRU is a loop, and its functions are added") {
    val stated = layer("CudnnRNNV3", "rnn_mode" -> text("gru"))
    for (verdict <- verdicts(stated, state)) {
      val Verdict.Replace(made, outputs, functions) = verdict
      val loop = made.find(_.getOp == "While").get
      val called = Seq("cond", "body").map(loop.getAttrOrThrow(_).getFunc.getName)
      assert(functions.map(_.getSignature.getName).toSet == called.toSet)
      assert(outputs("output_h:0") == "output:1" && made.last.getInputCount == 5)
      val kept = loop.getAttrOrThrow("T").getList.getTypeList.asScala
      val body = functions.find(_.getSignature.getName == called.last).get.getSignature
      assert(body.getInputArgList.asScala.map(_.getType) == kept)
      assert(body.getOutputArgList.asScala.map(_.getType) == kept)
    }
  }

  test("other layers are refused with the attribute that differs") {
    def refused(what: String, attributes: (String, AttrValue)*) = assertRefused(
      s"op CudnnRNNV3 with $what, which has no kernel for a CPU,",
      layer("CudnnRNNV3", attributes: _*),
      state
    )
    refused("rnn_mode=rnn_relu", "rnn_mode" -> text("rnn_relu"))
    refused("input_mode=auto_select", "input_mode" -> text("auto_select"))
    refused("num_proj=2", "num_proj" -> Fragment.number(2))
    refused("dropout=0.5 in training", "dropout" -> Fragment.real(0.5f))
    refused("an unknown number of layers", "direction" -> text("bidirectional"))
    assertRefused(
      "op CudnnRNN with an unknown number of layers, which has no kernel for a CPU,",
      layer("CudnnRNN"),
      shaped("h", -1, -1, 4)
    )
    val serving = layer(
      "CudnnRNN",
      "dropout" -> Fragment.real(0.5f),
      "is_training" -> Fragment.flag(false)
    )
    assert(replacement(serving, state).nonEmpty)
  }
}
