package tfpredict.savedmodel

import org.tensorflow.framework.NodeDef

/**
 * What a model must not do: a SavedModel is a program, and one op of it can read any file that the
 * executor may read. Ops that compute, and those that keep their state inside the session, may run.
 * All others are refused, by [[OpClasses]], unless `spark.tfpredict.ops.allowed` names them, or
 * loading needs them for the model's own files.
 */
private[savedmodel] object ForbiddenOps {
  import OpClass._

  /** What a node would do that a model must not, in words that follow "which". */
  def reason(node: NodeDef): Option[String] = OpClasses.of(node.getOp).flatMap { op =>
    op.group match {
      case Pure | State => byValue(node).orElse(DeadlyValues.reason(node))
      case _ => op.does
    }
  }

  /** Whether the op runs with some values of its attributes alone. */
  def looksAtValues(op: String): Boolean = Valued(op) || DeadlyValues.ops(op)

  private val Valued = Set("PrintV2", "DecodeProtoV2", "EncodeProto")

  private val logs = Set("stdout", "stderr", "log(info)", "log(warning)", "log(error)")

  // Ops that may run with some values of an attribute. One that is left out has its default, which
  // is such a value.
  private def byValue(node: NodeDef): Option[String] = {
    def unless(attribute: String, does: String)(isHarmless: String => Boolean) =
      Option(node.getAttrMap.get(attribute))
        .map(_.getS.toStringUtf8)
        .filterNot(isHarmless)
        .map(value => s"with $attribute=$value $does")
    node.getOp match {
      case "PrintV2" => unless("output_stream", "writes a file")(logs)
      case "DecodeProtoV2" | "EncodeProto" =>
        unless("descriptor_source", "reads a file of descriptors") { source =>
          source.isEmpty || source == "local://" || source.startsWith("bytes://")
        }
      case _ => None
    }
  }
}
