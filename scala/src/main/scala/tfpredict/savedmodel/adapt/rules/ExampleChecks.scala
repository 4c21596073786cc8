package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef, TensorShapeProto}

import tfpredict.savedmodel.adapt.rules.Fragment.{flag, kind, kinds, word}

/**
 * Checks serialized `tf.train.Example`s before they are parsed. The runtime's parser trusts a
 * length of 2 GB and more. It then reads past the end of the text, and ends the process (`ReadRaw`
 * takes an int). `DecodeProtoV2` reports an error for such texts, and for all truncated ones.
 *
 * A check costs more than the parsing: about a microsecond per feature.
 */
final private[rules] class ExampleChecks(node: NodeDef, figures: Figures, make: Fragment) {
  import ExampleChecks._
  import figures.{both, compared, either, everywhere}

  /**
   * A flag that depends on all lengths that the parser trusts, and on all values that it writes
   * without counting.
   */
  def fit(serialized: String): String =
    (if (node.getOp == "ParseSequenceExample") sequence(serialized) else example(serialized))
      .reduce(both)

  private def example(serialized: String): Seq[String] = {
    val all = part(serialized, "Example", "features")
    val Seq(keys, features) = parts(
      part(all, "Features", "feature"),
      "Features.FeatureEntry",
      "key" -> DT_STRING,
      "value" -> DT_STRING
    )
    if (!hasFloats && fixed.isEmpty) Seq(seen(features, DT_STRING))
    else {
      val lists = listsOf(features)
      Seq(whole(serialized, all), whole(features, lists.values.toSeq: _*)) ++
        (if (hasFloats) values(lists, Floats) else Nil) ++
        (if (fixed.isEmpty) Nil else Seq(fitting(keys, lists(Floats))))
    }
  }

  private def sequence(serialized: String): Seq[String] = {
    val Seq(context, ofLists) = parts(
      serialized,
      "SequenceExample",
      "context" -> DT_STRING,
      "feature_lists" -> DT_STRING
    )
    val entries = part(ofLists, "FeatureLists", "feature_list")
    val Seq(names, several) = parts(
      entries,
      "FeatureLists.FeatureListEntry",
      "key" -> DT_STRING,
      "value" -> DT_STRING
    )
    val isDense = Seq("Tcontext_dense", "feature_list_dense_types")
      .exists(ParsedSparse.types(node, _).contains(DT_FLOAT))
    val ofContext =
      part(part(context, "Features", "feature"), "Features.FeatureEntry", "value")
    val found = Seq(ofContext, part(several, "FeatureList", "feature")).flatMap { features =>
      val lists = listsOf(features)
      val loose =
        if (isDense) Seq(everywhere(tagged("NotEqual", lists(Floats)))) else Nil
      whole(features, lists.values.toSeq: _*) +: (values(lists, All: _*) ++ loose)
    }
    Seq(whole(serialized, context, ofLists), whole(entries, names, several)) ++ found
  }

  private def listsOf(features: String): Map[ListOf, String] =
    All.zip(parts(features, "Feature", All.map(_.field -> DT_STRING): _*)).toMap

  /** Flags that depend on the lengths of some lists' values. */
  private def values(lists: Map[ListOf, String], of: ListOf*): Seq[String] =
    of.map(list =>
      seen(parts(lists(list), list.message, "value" -> list.dtype).head, list.dtype)
    )

  /**
   * Whether each text has only these parts, each once. With several of one kind, this check would
   * see the last, but the parser uses the first or all.
   */
  private def whole(texts: String, parts: String*): String = {
    val lengths = parts.map { part =>
      make.add("Sum", "output", length(part), make.int(-1))(
        "T" -> kind(DT_INT32),
        "Tidx" -> kind(DT_INT32),
        "keep_dims" -> flag(true)
      )
    }
    val rest = lengths.foldLeft(length(expanded(texts)))(compared("Sub", _, _, DT_INT32))
    everywhere(compared("LessEqual", rest, make.int(Around * parts.size), DT_INT32))
  }

  /**
   * Whether tagged lists of floats fit features of fixed size. In a tagged list, each float has its
   * own tag, and the parser writes all floats without counting. It counts the values of packed
   * lists. All writers except `DecodeJSONExample` write packed lists.
   */
  private def fitting(keys: String, lists: String): String = {
    val places = make.add("Where", "index", tagged("Equal", lists))("T" -> kind(DT_BOOL))
    def chosen(from: String) =
      make.add("GatherNd", "output", from, places)(
        "Tparams" -> kind(DT_STRING),
        "Tindices" -> kind(DT_INT64)
      )
    // A feature has at most one list, so the list's place is also its key's.
    val named = chosen(expanded(keys))
    val bytes = length(chosen(lists))
    val fit = fixed.map { case (key, count) =>
      // No text is longer than an int can count.
      val most = (count * TaggedFloat).min(Int.MaxValue.toLong).toInt
      either(
        compared("NotEqual", named, key, DT_STRING),
        compared("LessEqual", bytes, make.int(most), DT_INT32)
      )
    }
    everywhere(fit.reduce(both))
  }

  /** Compares the first byte of lists with the tag of a single float. */
  private def tagged(comparison: String, lists: String): String = {
    val first = make.add("Substr", "output", lists, make.int(0), make.int(1))(
      "T" -> kind(DT_INT32),
      "unit" -> word("BYTE")
    )
    compared(comparison, first, make.text(FloatTag), DT_STRING)
  }

  private def expanded(texts: String): String =
    make.add("ExpandDims", "output", texts, make.int(-1))(
      "T" -> kind(DT_STRING),
      "Tdim" -> kind(DT_INT32)
    )

  private def length(texts: String): String =
    make.add("StringLength", "output", texts)("unit" -> word("BYTE"))

  private def part(texts: String, message: String, field: String): String =
    parts(texts, message, field -> DT_STRING).head

  private def parts(texts: String, message: String, fields: (String, DataType)*): Seq[String] = {
    val names = AttrValue.ListValue.newBuilder()
      .addAllS(fields.map { case (name, _) => ByteString.copyFromUtf8(name) }.asJava)
    make.addBehind("DecodeProtoV2", "values", fields.size, texts)(
      // Joined at run time: the jar's shading renames literals that start with a TensorFlow
      // package.
      "message_type" -> word(Seq("tensorflow", message).mkString(".")),
      "field_names" -> AttrValue.newBuilder().setList(names).build(),
      "output_types" -> kinds(fields.map(_._2)),
      "descriptor_source" -> word("local://"),
      "message_format" -> word("binary"),
      "sanitize" -> flag(false)
    )
  }

  // Always true: the point is only that the value could be computed.
  private def seen(tensor: String, dtype: DataType): String = {
    val size =
      make.add("Size", "output", tensor)("T" -> kind(dtype), "out_type" -> kind(DT_INT32))
    compared("GreaterEqual", size, make.int(0), DT_INT32)
  }

  /** Names of the features with a fixed number of floats, and that number. */
  private lazy val fixed: Seq[(String, Long)] = {
    val shapes = attribute("dense_shapes").getShapeList.asScala.toSeq
    val keys =
      if (node.getOp == "ParseSingleExample")
        attribute("dense_keys").getSList.asScala.toSeq.map(key => make.texts(Seq(key)))
      else {
        val sparse = node.getAttrOrDefault("Nsparse", AttrValue.getDefaultInstance).getI.toInt
        make.inputs.slice(2 + sparse, 2 + sparse + shapes.size)
      }
    for {
      ((key, dtype), shape) <- keys.zip(ParsedSparse.types(node, "Tdense")).zip(shapes)
      if dtype == DT_FLOAT && !isOpen(shape)
    } yield key -> shape.getDimList.asScala.map(_.getSize).product
  }

  // Whether a feature has a variable number of floats. There the parser copies as many as the
  // length says.
  private def hasFloats: Boolean = {
    val shapes = attribute("dense_shapes").getShapeList.asScala.map(isOpen)
    ParsedSparse.types(node, "sparse_types").contains(DT_FLOAT) ||
    ParsedSparse.types(node, "Tdense").zipAll(shapes, DT_STRING, true).contains((DT_FLOAT, true))
  }

  private def isOpen(shape: TensorShapeProto): Boolean =
    shape.getUnknownRank || shape.getDimList.asScala.exists(_.getSize < 0)

  private def attribute(name: String): AttrValue.ListValue =
    node.getAttrOrDefault(name, AttrValue.getDefaultInstance).getList
}

private object ExampleChecks {

  /** Bytes of a float with its tag. */
  val TaggedFloat = 5L

  /** The first byte of a list of such floats. */
  val FloatTag = "\r"

  /** Maximum bytes of a tag and a length. */
  val Around = 6

  final case class ListOf(field: String, message: String, dtype: DataType)
  val Floats: ListOf = ListOf("float_list", "FloatList", DT_FLOAT)
  val All: Seq[ListOf] = Seq(
    Floats,
    ListOf("int64_list", "Int64List", DT_INT64),
    ListOf("bytes_list", "BytesList", DT_STRING)
  )
}
