package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * Decodes strings of bytes to numbers of several bytes each. The runtime's kernel writes outside
 * the result, and reads past the end of a short string. It decodes single bytes correctly, so the
 * rule builds the numbers from bytes. Source: `decode_padded_raw_op.cc`.
 */
private[savedmodel] object PaddedBytes extends NodeRule {
  private val Sizes: Map[DataType, Int] = Map(DT_HALF -> 2, DT_INT16 -> 2, DT_UINT16 -> 2) ++
    Map(DT_FLOAT -> 4, DT_INT32 -> 4, DT_DOUBLE -> 8, DT_INT64 -> 8)

  override val ops: Set[String] = Set("DecodePaddedRaw")
  override val why = "DecodePaddedRaw of numbers of several bytes is one of bytes, and Bitcast"

  // inputs: input_bytes, fixed_length
  override def apply(node: NodeDef, scope: Scope): Verdict =
    Sizes.get(node.getAttrOrThrow("out_type").getType).fold[Verdict](Verdict.Keep) { size =>
      val make = new Fragment(node, scope)
      val Seq(texts, length) = make.inputs
      val bytes = make.add("DecodePaddedRaw", "output", texts, length)(
        "out_type" -> kind(DT_UINT8),
        "little_endian" -> AttrValue.newBuilder().setB(true).build()
      )
      val outer =
        make.add("Shape", "output", texts)("T" -> kind(DT_STRING), "out_type" -> kind(DT_INT32))
      val count = make.add("FloorDiv", "z", length, make.int(size))("T" -> kind(DT_INT32))
      val inner = make.add("Pack", "output", count, make.int(size))(
        "N" -> number(2),
        "T" -> kind(DT_INT32),
        "axis" -> number(0)
      )
      val shape = make.add("ConcatV2", "output", outer, inner, make.int(0))(
        "N" -> number(2),
        "T" -> kind(DT_INT32),
        "Tidx" -> kind(DT_INT32)
      )
      val numbers = make.add("Reshape", "output", bytes, shape)(
        "T" -> kind(DT_UINT8),
        "Tshape" -> kind(DT_INT32)
      )
      make.finish("Bitcast", if (isLittle(node)) numbers else reversed(make, numbers))(
        "T" -> kind(DT_UINT8),
        "type" -> node.getAttrOrThrow("out_type")
      )
    }

  private def isLittle(node: NodeDef): Boolean =
    Option(node.getAttrMap.get("little_endian")).forall(_.getB)

  private def reversed(make: Fragment, numbers: String): String =
    make.add("ReverseV2", "output", numbers, make.ints(-1))(
      "T" -> kind(DT_UINT8),
      "Tidx" -> kind(DT_INT32)
    )
}
