package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.DT_INT64
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Checks that a ragged tensor's partitions fit each other. Each has a kind, and puts rows of its
 * own into the rows of the partition before it. The last one's rows are the values.
 */
final private[rules] class RaggedPartitions(node: NodeDef, figures: Figures, make: Fragment) {

  /**
   * @param values
   *   the input with the values
   * @param first
   *   the first input with a partition
   */
  def fit(values: Int, first: Int): String = {
    val kinds = node.getAttrOrThrow("row_partition_types").getList.getSList.asScala
    val none = (Option.empty[String], Vector.empty[String])
    val (rows, flags) = kinds.indices.foldLeft(none) { case ((before, found), index) =>
      val (made, more) = partition(kinds(index).toStringUtf8, first + index, before)
      (Some(made), found ++ more)
    }
    val last = rows.map(figures.compared("LessEqual", _, figures.of("dim", values)))
    (flags ++ last).reduce(figures.both)
  }

  /** The partition's number of rows, and the conditions on it. */
  private def partition(kind: String, at: Int, before: Option[String]): (String, Seq[String]) = {
    def compared(op: String, one: String, other: String) = figures.compared(op, one, other)
    def least = compared("GreaterEqual", figures.of("min", at), make.long(0))
    kind match {
      // The splits must start at 0, as TensorFlow makes them. The kernel allocates as many rows as
      // the last split says.
      case "ROW_SPLITS" =>
        val start = compared("Equal", figures.of("min", at), make.long(0))
        val some = compared("Greater", figures.of("count", at), make.long(0))
        val fits = before.map(rows => compared("LessEqual", figures.of("count", at), plusOne(rows)))
        (figures.of("max", at), Seq(start, some, figures.sorted(at)) ++ fits)
      case "VALUE_ROWIDS" =>
        val fits = before.map(rows => compared("Less", figures.of("max", at), rows))
        (figures.of("count", at), least +: fits.toSeq)
      case _ =>
        val one = compared("Equal", figures.of("count", at), make.long(1))
        (figures.of("max", at), Seq(least, one))
    }
  }

  private def plusOne(rows: String): String =
    make.add("Add", "z", rows, make.long(1))("T" -> kind(DT_INT64))
}
