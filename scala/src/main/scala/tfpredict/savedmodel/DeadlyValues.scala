package tfpredict.savedmodel

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * Values of attributes with which an op's kernel ends the process, and which no layer writes. Shown
 * by running them: the cases of `tests/security`.
 */
private[savedmodel] object DeadlyValues {

  /** What a node would do with its values, in words that follow "which". */
  def reason(node: NodeDef): Option[String] = node.getOp match {
    // The kernel makes a format of C from it.
    case "AsString" => unless(node, "fill", text(node, "fill"))(Fills)
    case "MaxPool3D" | "AvgPool3D" =>
      Seq("ksize", "strides").flatMap { key =>
        val sizes = numbers(node, key)
        unless(node, key, sizes.mkString("[", ",", "]"))(_ => sizes.forall(_ >= 1))
      }.headOption
    case "AudioSpectrogram" =>
      Seq("window_size" -> 2L, "stride" -> 1L).flatMap { case (key, least) =>
        number(node, key).flatMap { value =>
          unless(node, key, value.toString)(_ => value >= least && value <= MaxWindow)
        }
      }.headOption
    case "ReverseSequence" =>
      Seq("seq_dim", "batch_dim").flatMap { key =>
        number(node, key).flatMap(value => unless(node, key, value.toString)(_ => value >= 0))
      }.headOption
    case _ => None
  }

  private val Fills = Set("", " ", "0", "-", "+", "#")
  private val MaxWindow = 1L << 24

  private def unless(node: NodeDef, key: String, shown: String)(
      isHarmless: String => Boolean
  ): Option[String] =
    if (!node.containsAttr(key) || isHarmless(shown)) None
    else Some(s"with $key=$shown ends the process")

  private def text(node: NodeDef, key: String): String =
    Option(node.getAttrMap.get(key)).fold("")(_.getS.toStringUtf8)

  private def number(node: NodeDef, key: String): Option[Long] =
    Option(node.getAttrMap.get(key)).map(_.getI)

  private def numbers(node: NodeDef, key: String): Seq[Long] =
    Option(node.getAttrMap.get(key)).toSeq
      .flatMap(_.getList.getIList.asScala.map(_.longValue))
}
