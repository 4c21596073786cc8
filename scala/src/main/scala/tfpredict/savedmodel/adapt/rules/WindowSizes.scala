package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.DataType.{DT_DOUBLE, DT_INT32, DT_INT64}
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Checks that tensors have the sizes that a moving window leaves of others. Kernels of gradients do
 * not check this. Source: `GetWindowedOutputSize` of the runtime.
 */
final private[rules] class WindowSizes(node: NodeDef, figures: Figures, make: Fragment) {
  import figures.{both, compared}

  private def list(key: String): Seq[Int] =
    Option(node.getAttrMap.get(key)).toSeq.flatMap(_.getList.getIList.asScala.map(_.toInt))

  private val isValid =
    Option(node.getAttrMap.get("padding")).exists(_.getS.toStringUtf8 == "VALID")

  private def longs(values: Seq[Int]): String = make.cast(make.ints(values: _*), DT_INT32, DT_INT64)

  private def computed(op: String, one: String, other: String): String =
    make.add(op, "z", one, other)("T" -> kind(DT_INT64))

  /**
   * Whether one input has the sizes that the window leaves of another. The other may contain the
   * sizes themselves.
   */
  def areOf(place: Int, of: Int, isSizes: Boolean): String = {
    val (window, strides) = (list("ksize"), list("strides"))
    val sizes = if (isSizes) figures.cast(of, DT_INT64) else figures.shape(of)
    // Without padding, a window must end inside the tensor. With padding, it must start inside.
    val ends = if (isValid) window else window.map(_ => 1)
    val steps = strides.zip(ends).map { case (stride, end) => stride - end }
    val left = computed("FloorDiv", computed("AddV2", sizes, longs(steps)), longs(strides))
    val rank = make.long(window.size.toLong)
    both(
      both(
        compared("Equal", figures.of("rank", place), rank),
        compared("Equal", figures.of(if (isSizes) "count" else "rank", of), rank)
      ),
      figures.everywhere(compared("Equal", figures.shape(place), left))
    )
  }

  /** Whether a filter, spread by the rates, fits inside a picture. */
  def isWithin(filter: Int, picture: Int): String = {
    val rates = list("rates").slice(1, 3)
    val less = computed("Sub", inner(figures.shape(filter), 0), make.long(1))
    val spread = computed("Mul", less, longs(rates))
    figures.everywhere(compared("Less", spread, inner(figures.shape(picture), 1)))
  }

  private def inner(shape: String, begin: Int): String =
    make.add("Slice", "output", shape, make.ints(begin), make.ints(2))(
      "T" -> kind(DT_INT64),
      "Index" -> kind(DT_INT32)
    )

  /** Whether each size is at least the attribute's real number. */
  def reach(place: Int, key: String): String = {
    val least = node.getAttrOrThrow(key).getList.getFList.asScala
    val sizes = make.cast(figures.shape(place), DT_INT64, DT_DOUBLE)
    val numbers = make.add(
      "Pack",
      "output",
      least.map(value => make.real(value.toDouble, DT_DOUBLE)).toSeq: _*
    )("T" -> kind(DT_DOUBLE), "N" -> Fragment.number(least.size.toLong))
    both(
      compared("Equal", figures.of("rank", place), make.long(least.size.toLong)),
      figures.everywhere(make.add("GreaterEqual", "z", sizes, numbers)("T" -> kind(DT_DOUBLE)))
    )
  }
}
