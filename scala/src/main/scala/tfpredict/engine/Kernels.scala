package tfpredict.engine

import scala.collection.JavaConverters._

import org.tensorflow.framework.{AttrValue, DataType, NodeDef}

/**
 * The runtime's CPU kernels. A known op may have no kernel, or none for a node's dtypes. Such a
 * node fails for every row when it runs.
 *
 * @param kernels
 *   for each op its kernels, each with the dtypes that it accepts, by attribute
 */
final private[tfpredict] class Kernels(kernels: Map[String, Seq[Map[String, Set[DataType]]]]) {

  /** Whether an op has a kernel for any dtypes. */
  def has(op: String): Boolean = kernels.contains(op)

  /** Returns the reason that no kernel runs a node, as a phrase, or none if a kernel does. */
  def missing(node: NodeDef, registry: OpRegistry): Option[String] = {
    val op = node.getOp
    val ofOp = kernels.getOrElse(op, Nil)
    def dtypes(attribute: String): Option[Seq[DataType]] =
      Option(node.getAttrMap.get(attribute))
        .orElse(registry.defaultOf(op, attribute))
        .flatMap(Kernels.dtypes)
    // A function's attribute may depend on its caller.
    def takes(attribute: String, allowed: Set[DataType]) =
      dtypes(attribute).forall(_.forall(allowed))
    if (ofOp.exists(_.forall { case (attribute, allowed) => takes(attribute, allowed) })) None
    else {
      val stated = ofOp.flatMap(_.keys).distinct.sorted.map { attribute =>
        s"$attribute=${dtypes(attribute).toSeq.flatten.map(Kernels.word).mkString(", ")}"
      }
      Some(
        s"op $op${if (stated.isEmpty) "" else stated.mkString(" with ", " and ", "")}, which has " +
          "no kernel for a CPU,"
      )
    }
  }
}

private[tfpredict] object Kernels {

  /** Reads a table of kernels, with one line per op. */
  def read(lines: Seq[String]): Kernels = new Kernels(lines.map(parse).toMap)

  private val byWord: Map[String, DataType] = DataType.values
    .filterNot(_ == DataType.UNRECOGNIZED)
    .map(dtype => word(dtype) -> dtype)
    .toMap

  /** A dtype's name in the table and in messages. */
  def word(dtype: DataType): String = dtype.name.stripPrefix("DT_").toLowerCase

  // For example `Cast`, a tab, and `SrcT=float|half,DstT=int32 SrcT=int64`.
  private def parse(line: String): (String, Seq[Map[String, Set[DataType]]]) = {
    val Array(op, kernels) = line.split("\t")
    op -> kernels.split(" ").toSeq.map {
      case "*" => Map.empty[String, Set[DataType]]
      case kernel =>
        kernel.split(",").map { constraint =>
          val Array(attribute, words) = constraint.split("=")
          attribute -> words.split("\\|").map(byWord).toSet
        }.toMap
    }
  }

  private def dtypes(value: AttrValue): Option[Seq[DataType]] = value.getValueCase match {
    case AttrValue.ValueCase.TYPE => Some(Seq(value.getType))
    case AttrValue.ValueCase.LIST => Some(value.getList.getTypeList.asScala.toSeq)
    case _ => None
  }
}
