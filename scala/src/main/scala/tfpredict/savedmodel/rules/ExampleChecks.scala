package tfpredict.savedmodel.rules

import scala.collection.JavaConverters._

import com.google.protobuf.ByteString
import org.tensorflow.framework.DataType._
import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

import tfpredict.savedmodel.rules.Fragment.{flag, kind, kinds, word}

/**
 * Takes serialized `tf.train.Example`s apart before they are parsed. The parser of 2019 believes a
 * length of 2 GB and more, reads behind the text, and ends the process (`ReadRaw` takes an int).
 * `DecodeProtoV2` has an error for such a text, and for each that is cut short.
 *
 * It costs more than parsing does: about a microsecond for each feature.
 */
final private[rules] class ExampleChecks(node: NodeDef, make: Fragment) {
  import ExampleChecks._

  /** Depends on all lengths that the parser believes. */
  def fit(serialized: String): String =
    if (node.getOp == "ParseSequenceExample") sequences(serialized)
    else {
      val features = featuresOf(part(serialized, "Example", "features"))
      if (hasFloats) seen(lists(features, Floats)) else seen(Seq(features -> DT_STRING))
    }

  // Which lists of numbers each length of the parser's is of.
  private def sequences(serialized: String): String = {
    val Seq(context, ofLists) = parts(
      serialized,
      "SequenceExample",
      "context" -> DT_STRING,
      "feature_lists" -> DT_STRING
    )
    val entries = part(ofLists, "FeatureLists", "feature_list")
    val features =
      part(part(entries, "FeatureLists.FeatureListEntry", "value"), "FeatureList", "feature")
    seen(Seq(featuresOf(context), features).flatMap(lists(_, Lists: _*)))
  }

  private def featuresOf(texts: String): String =
    part(part(texts, "Features", "feature"), "Features.FeatureEntry", "value")

  private def lists(features: String, of: ListOf*): Seq[(String, DataType)] = {
    val found = parts(features, "Feature", of.map(_.field -> DT_STRING): _*)
    found.zip(of).flatMap { case (texts, list) =>
      parts(texts, list.message, "value" -> list.dtype).map(_ -> list.dtype)
    }
  }

  private def part(texts: String, message: String, field: String): String =
    parts(texts, message, field -> DT_STRING).head

  private def parts(texts: String, message: String, fields: (String, DataType)*): Seq[String] = {
    val names = AttrValue.ListValue.newBuilder()
      .addAllS(fields.map { case (name, _) => ByteString.copyFromUtf8(name) }.asJava)
    make.addBehind("DecodeProtoV2", "values", fields.size, texts)(
      // In parts: the jar's shading renames texts that begin as a package of TensorFlow's.
      "message_type" -> word(Seq("tensorflow", message).mkString(".")),
      "field_names" -> AttrValue.newBuilder().setList(names).build(),
      "output_types" -> kinds(fields.map(_._2)),
      "descriptor_source" -> word("local://"),
      "message_format" -> word("binary"),
      "sanitize" -> flag(false)
    )
  }

  // Whatever was found: that it could be is all that is asked.
  private def seen(tensors: Seq[(String, DataType)]): String = {
    val sizes = tensors.map { case (tensor, dtype) =>
      make.add("Size", "output", tensor)("T" -> kind(dtype), "out_type" -> kind(DT_INT32))
    }
    sizes.map(size => make.add("GreaterEqual", "z", size, make.int(0))("T" -> kind(DT_INT32)))
      .reduce((one, other) => make.add("LogicalAnd", "z", one, other)())
  }

  // Of a number of values that is not known before, the parser copies what the length says.
  private def hasFloats: Boolean = {
    def list(name: String) =
      node.getAttrOrDefault(name, AttrValue.getDefaultInstance).getList
    val shapes = list("dense_shapes").getShapeList.asScala
    val isOpen =
      shapes.map(shape => shape.getUnknownRank || shape.getDimList.asScala.exists(_.getSize < 0))
    list("sparse_types").getTypeList.asScala.contains(DT_FLOAT) ||
    list("Tdense").getTypeList.asScala.zipAll(isOpen, DT_STRING, true)
      .contains((DT_FLOAT, true))
  }
}

private object ExampleChecks {
  final case class ListOf(field: String, message: String, dtype: DataType)
  val Floats: ListOf = ListOf("float_list", "FloatList", DT_FLOAT)
  val Lists: Seq[ListOf] = Seq(
    Floats,
    ListOf("int64_list", "Int64List", DT_INT64),
    ListOf("bytes_list", "BytesList", DT_STRING)
  )
}
