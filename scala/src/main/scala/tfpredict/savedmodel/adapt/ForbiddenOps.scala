package tfpredict.savedmodel.adapt

import org.tensorflow.framework.NodeDef

import tfpredict.engine.{OpCatalog, OpClass}

/**
 * What a model must not do: a SavedModel is a program, and one op of it can read any file that the
 * executor may read. Ops that compute, and those that keep their state inside the session, may run.
 * All others are refused, by [[OpClasses]], unless `spark.tfpredict.ops.allowed` names them, or
 * loading needs them for the model's own files.
 */
private[savedmodel] object ForbiddenOps {
  import OpClass._

  /** What a node would do that a model must not, in words that follow "which". */
  def reason(node: NodeDef)(implicit catalog: OpCatalog): Option[String] =
    catalog.classes.of(node.getOp).flatMap { op =>
      op.group match {
        case Pure | State => byValue(node).orElse(DeadlyValues.reason(node))
        case _ => op.does
      }
    }

  /** Whether the op runs with some values of its attributes alone. */
  def looksAtValues(op: String): Boolean = harmless.contains(op) || DeadlyValues.ops(op)

  private val logs = Set("stdout", "stderr", "log(info)", "log(warning)", "log(error)")

  private def isOwn(source: String): Boolean =
    source.isEmpty || source == "local://" || source.startsWith("bytes://")

  /* Ops that may run with some values of an attribute, and what they do with others. One that is
   * left */
  // out has its default, which is such a value.
  private val harmless: Map[String, (String, String => Boolean, String)] = Map(
    "PrintV2" -> (("output_stream", logs, "writes a file"))
  ) ++ Seq("DecodeProtoV2", "EncodeProto")
    .map(_ -> (("descriptor_source", isOwn(_), "reads a file of descriptors")))

  private def byValue(node: NodeDef): Option[String] =
    harmless.get(node.getOp).flatMap { case (attribute, isHarmless, does) =>
      Option(node.getAttrMap.get(attribute))
        .map(_.getS.toStringUtf8)
        .filterNot(isHarmless)
        .map(value => s"with $attribute=$value $does")
    }
}
