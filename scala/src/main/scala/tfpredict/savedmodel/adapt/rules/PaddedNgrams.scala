package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.DataType.{DT_BOOL, DT_INT32, DT_INT64, DT_STRING}
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * N-grams of rows, some of which have no words. For an empty row, the runtime's kernel mixes the
 * word before it into the paddings. That word belongs to another row, or does not exist. Newer
 * kernels use paddings only. Both agree on the number of n-grams. So the rule replaces those of
 * empty rows: the attributes alone determine them.
 *
 * If no row has a word there are no n-grams, but the runtime's kernel then leaves the splits
 * unwritten. An extra string before all words prevents both faults. Source: `string_ngrams_op.cc`,
 * of the runtime and of newer versions.
 */
private[savedmodel] object PaddedNgrams extends NodeRule {
  override val ops: Set[String] = Set("StringNGrams")
  override val why = "n-grams of rows without words are made of paddings alone"

  // inputs: data, data_splits
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val (checked, splits) = fromZero(node, scope)
    val made = replaced(node, scope, splits)
    made.copy(nodes = checked ++ made.nodes)
  }

  // The extra string would hide a negative split from the kernel's own check. So the rule checks
  // it.
  private def fromZero(node: NodeDef, scope: Scope): (Seq[NodeDef], String) = {
    val name = s"${node.getName}/tfpredict_splits"
    val passed = NodeDef.newBuilder().setOp("Identity").setName(name).setDevice(node.getDevice)
      .addInput(node.getInput(1)).putAttr("T", kind(splitsOf(node))).build()
    val condition = ConditionWords.parse("min input >= 0")
    val checked = new Check(passed, scope).of(Seq((condition, (_: String) => 0)))
    (checked, scope.reference(name, "output", 0))
  }

  private def replaced(node: NodeDef, scope: Scope, splits: String): Verdict.Replace = {
    val make = new Fragment(node, scope)
    val data = make.inputs.head
    val kept = node.getAttrMap.asScala.toSeq.filterNot(_._1.startsWith("_"))
    val words = make.add("Reshape", "output", data, make.ints(-1))(
      "T" -> kind(DT_STRING),
      "Tshape" -> kind(DT_INT32)
    )
    val paddings = ofPaddings(node)
    val whole = new Places(make, splitsOf(node))
    val before = make.texts(Seq(ByteString.EMPTY))
    val tokens = whole.joined(DT_STRING, before, words)
    if (paddings.isEmpty) make.finish(node.getOp, tokens, whole.plus(splits, 1))(kept: _*)
    else {
      val Seq(grams, made) = make.addOutputs(
        node.getOp,
        Seq("ngrams", "ngrams_splits"),
        tokens,
        whole.plus(splits, 1)
      )(kept: _*)
      val ends = whole.unless(words, made)
      val places = whole.of(grams, words, splits, ends, paddings.size)
      val pool = whole.joined(DT_STRING, before, make.texts(paddings), grams)
      // N-grams of width 1 are the words themselves.
      make.finish(node.getOp, whole.gathered(DT_STRING, pool, places), whole.plus(ends, 1))(
        kept.filterNot { case (name, _) => Plain.contains(name) } ++ Plain: _*
      )
    }
  }

  private val Plain: Map[String, AttrValue] = Map(
    "ngram_widths" -> AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder().addI(1))
      .build(),
    "pad_width" -> number(0),
    "preserve_short_sequences" -> AttrValue.newBuilder().setB(false).build()
  )

  private def splitsOf(node: NodeDef): DataType =
    Option(node.getAttrMap.get("Tsplits")).fold(DT_INT64: DataType)(_.getType)

  /** The n-grams of a row without words. */
  private[rules] def ofPaddings(node: NodeDef): Seq[ByteString] = {
    def text(name: String) = node.getAttrOrThrow(name).getS
    val most = node.getAttrOrThrow("pad_width").getI
    for {
      width <- node.getAttrOrThrow("ngram_widths").getList.getIList.asScala.toSeq.map(_.longValue)
      padded = if (most < 0) width - 1 else math.min(most, width - 1)
      // An n-gram cannot be longer than all paddings together.
      count = (2 * padded - width + 1).max(0)
      place <- (0L until count).map(_.toInt)
      left = (padded - place).toInt
      parts = Seq.fill(left)(text("left_pad")) ++
        Seq.fill(width.toInt - left)(text("right_pad"))
    } yield parts.reduce(_.concat(text("separator")).concat(_))
  }

  /** Computes the position of each resulting n-gram among the existing ones. */
  final private class Places(make: Fragment, dtype: DataType) {
    private def numbers(value: Int): String = make.cast(make.int(value), DT_INT32, dtype)

    def plus(input: String, value: Int): String = both("AddV2", input, numbers(value))

    private def both(op: String, one: String, other: String): String =
      make.add(op, "z", one, other)("T" -> kind(dtype))

    def joined(of: DataType, parts: String*): String =
      make.add("ConcatV2", "output", parts :+ make.int(0): _*)(
        "N" -> number(parts.size.toLong),
        "T" -> kind(of),
        "Tidx" -> kind(DT_INT32)
      )

    def gathered(of: DataType, from: String, places: String): String =
      make.add("GatherV2", "output", from, places, make.int(0))(
        "Tparams" -> kind(of),
        "Tindices" -> kind(dtype),
        "Taxis" -> kind(DT_INT32)
      )

    private def size(texts: String): String =
      make.add("Size", "output", texts)("T" -> kind(DT_STRING), "out_type" -> kind(dtype))

    /** Splits of all 0 if there are no words. */
    def unless(words: String, splits: String): String =
      both("Mul", splits, both("Minimum", size(words), numbers(1)))

    // The pool has the extra string first, then the paddings, then all n-grams made.
    def of(grams: String, words: String, rows: String, ends: String, paddings: Int): String = {
      val isEmpty = make.add("Equal", "z", part(rows, 1), part(rows, 0))("T" -> kind(dtype))
      val more = make.add("Select", "output", isEmpty, minus(ends), filled(isEmpty, paddings + 1))(
        "T" -> kind(dtype)
      )
      val all = make.add("Range", "output", numbers(0), unless(words, size(grams)), numbers(1))(
        "Tidx" -> kind(dtype)
      )
      joined(
        dtype,
        make.cast(make.ints(0), DT_INT32, dtype),
        both("AddV2", all, gathered(dtype, more, rowsOf(ends, all)))
      )
    }

    // All splits except the last, or except the first.
    private def part(splits: String, from: Int): String =
      make.add(
        "StridedSlice",
        "output",
        splits,
        make.ints(from),
        make.ints(from - 1),
        make.ints(1)
      )(
        "T" -> kind(dtype),
        "Index" -> kind(DT_INT32),
        "end_mask" -> number(from.toLong)
      )

    private def minus(ends: String): String = both("Sub", numbers(1), part(ends, 0))

    private def filled(like: String, value: Int): String = {
      val zeros = make.cast(
        make.add("ZerosLike", "y", like)("T" -> kind(DT_BOOL)),
        DT_BOOL,
        dtype
      )
      plus(zeros, value)
    }

    private def rowsOf(ends: String, places: String): String = {
      def row(values: String) = make.add("ExpandDims", "output", values, make.int(0))(
        "T" -> kind(dtype),
        "Tdim" -> kind(DT_INT32)
      )
      val above = make.add("UpperBound", "output", row(ends), row(places))(
        "T" -> kind(dtype),
        "out_type" -> kind(dtype)
      )
      val flat = make.add("Reshape", "output", above, make.ints(-1))(
        "T" -> kind(dtype),
        "Tshape" -> kind(DT_INT32)
      )
      plus(flat, -1)
    }
  }
}
