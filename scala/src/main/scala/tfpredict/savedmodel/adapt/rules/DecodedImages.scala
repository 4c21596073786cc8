package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * `DecodeImage` detects an image's format. The runtime's `DecodePng` reads JPEG, PNG and still GIF.
 * The other two formats have ops of their own. Source: `decode_image_op.cc` of both versions.
 */
private[savedmodel] object DecodedImages extends NodeRule {
  override val ops: Set[String] = Set("DecodeImage")
  override val why = "DecodeImage is the op of the image's own format"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val attributes = node.getAttrMap
    val dtype = Option(attributes.get("dtype")).map(_.getType).getOrElse(DT_UINT8)
    val channels = Option(attributes.get("channels")).fold(0L)(_.getI)
    if (dtype != DT_UINT8) Verdict.Refuse(s"op DecodeImage of $dtype, where uint8 can be decoded,")
    else {
      val expands = Option(attributes.get("expand_animations")).forall(_.getB)
      new Decoding(node, scope, channels, expands).verdict
    }
  }

  final private class Decoding(node: NodeDef, scope: Scope, channels: Long, expands: Boolean) {
    private val make = Fragment.inLoop(node, scope)
    private val ofChannels = "channels" -> number(channels)

    def verdict: Verdict = {
      val contents = make.inputs.head
      val (bitmaps, others) = divided(contents, "BM")
      val bitmap = make.add("DecodeBmp", "image", bitmaps)(ofChannels)
      // With another number of channels, `DecodePng` reports that a GIF has three.
      val image =
        if (channels != 0 && channels != 3) still(others)
        else {
          val (animations, stills) = divided(others, "GIF8")
          val frames = make.add("DecodeGif", "image", animations)()
          merged(if (expands) frames else first(frames), still(stills))
        }
      make
        .finish("Merge", bitmap, image)("T" -> kind(DT_UINT8), "N" -> number(2))
        .copy(outputs = Map("image:0" -> "output:0"))
    }

    private def still(contents: String): String =
      make.add("DecodePng", "image", contents)(ofChannels, "dtype" -> kind(DT_UINT8))

    private def merged(one: String, other: String): String =
      make.add("Merge", "output", one, other)("T" -> kind(DT_UINT8), "N" -> number(2))

    // The contents with this beginning, and those without. Only one of the two outputs is alive.
    private def divided(contents: String, beginning: String): (String, String) = {
      val head = make.add("Substr", "output", contents, make.int(0), make.int(beginning.length))(
        "T" -> kind(DT_INT32)
      )
      val is = make.add("Equal", "z", head, make.text(beginning))("T" -> kind(DT_STRING))
      val switch = make.addBare("Switch", contents, is)("T" -> kind(DT_STRING))
      def output(name: String, index: Int) =
        if (scope.function.isDefined) s"$switch:$name:0" else scope.reference(switch, name, index)
      (output("output_true", 1), output("output_false", 0))
    }

    private def first(frames: String): String =
      make.add("StridedSlice", "output", frames, make.ints(0), make.ints(1), make.ints(1))(
        "T" -> kind(DT_UINT8),
        "Index" -> kind(DT_INT32),
        "shrink_axis_mask" -> number(1)
      )
  }
}
