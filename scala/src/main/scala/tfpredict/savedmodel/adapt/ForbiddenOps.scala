package tfpredict.savedmodel.adapt

import org.tensorflow.framework.NodeDef

import tfpredict.engine.{OpCatalog, OpClass}

/**
 * Rejects ops that a model must not run, by the table of [[OpClasses]]. A SavedModel is a program,
 * and a single op can read any file that the executor may read. Ops may run if they only compute,
 * or keep their state inside the session. All others are rejected. Exceptions are ops named in
 * `spark.tfpredict.ops.allowed`, and ops that load the model's own files.
 */
private[savedmodel] object ForbiddenOps {
  import OpClass._

  /** The forbidden action of a node, in words that follow "which". */
  def reason(node: NodeDef)(implicit catalog: OpCatalog): Option[String] =
    catalog.classes.of(node.getOp).flatMap { op =>
      op.group match {
        case Pure | State => byValue(node).orElse(DeadlyValues.reason(node))
        case _ => op.does
      }
    }

  /** Whether only some values of the op's attributes are allowed. */
  def looksAtValues(op: String): Boolean = harmless.contains(op) || DeadlyValues.ops(op)

  private val logs = Set("stdout", "stderr", "log(info)", "log(warning)", "log(error)")

  private def isOwn(source: String): Boolean =
    source.isEmpty || source == "local://" || source.startsWith("bytes://")

  // Ops that are allowed with some values of an attribute, and their action with other values.
  // An absent attribute has its default, which is allowed.
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
