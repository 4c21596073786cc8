package tfpredict.savedmodel

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, NodeDef}

/**
 * Values of attributes with which an op's kernel ends the process, and which no layer writes. Shown
 * by running them: the cases of `tests/security`.
 */
private[savedmodel] object DeadlyValues {

  /** What a node would do with its values, in words that follow "which". */
  def reason(node: NodeDef): Option[String] = node.getOp match {
    // The kernel makes a format of C from it.
    case "AsString" =>
      attribute(node, "fill").map(_.getS.toStringUtf8).filterNot(Fills).map(ends("fill", _))
    case "MaxPool3D" | "AvgPool3D" =>
      Seq("ksize", "strides").flatMap { key =>
        attribute(node, key)
          .map(_.getList.getIList.asScala)
          .filter(_.exists(_ < 1))
          .map(sizes => ends(key, sizes.mkString("[", ",", "]")))
      }.headOption
    case "AudioSpectrogram" =>
      outside(node, "window_size", 2, MaxWindow).orElse(outside(node, "stride", 1, MaxWindow))
    case "ReverseSequence" =>
      outside(node, "seq_dim", 0, Long.MaxValue)
        .orElse(outside(node, "batch_dim", 0, Long.MaxValue))
    // A tensor without elements can have the largest sizes besides, which kernels multiply.
    case "Const" =>
      attribute(node, "value")
        .map(_.getTensor.getTensorShape.getDimList.asScala.map(_.getSize))
        .filter(_.map(_.max(1L).toDouble).product >= MaxVolume)
        .map(sizes => ends("value", s"a tensor of shape ${sizes.mkString("[", ",", "]")}"))
    case _ => None
  }

  private val MaxVolume = 1e12
  private val Fills = Set("", " ", "0", "-", "+", "#")
  private val MaxWindow = 1L << 24

  private def outside(node: NodeDef, key: String, least: Long, most: Long): Option[String] =
    attribute(node, key)
      .map(_.getI)
      .filter(value => value < least || value > most)
      .map(value => ends(key, value.toString))

  private def attribute(node: NodeDef, key: String): Option[AttrValue] =
    Option(node.getAttrMap.get(key))

  private def ends(key: String, value: String): String = s"with $key=$value ends the process"
}
