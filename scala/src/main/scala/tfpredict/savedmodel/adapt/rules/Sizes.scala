package tfpredict.savedmodel.adapt.rules

/**
 * Numbers of which each is a size, a constant, or made of them.
 *
 * @param bits
 *   of the product of all constants
 * @param sizes
 *   tensors' sizes, each once: a tensor and an index, from the end where it is negative
 * @param more
 *   how many sizes there are besides
 * @param count
 *   how many numbers, where it is known
 * @param most
 *   how many numbers at most
 * @param of
 *   the tensor whose shape this is
 */
final private[rules] case class Sizes(
    bits: Double,
    sizes: Set[(String, Int)],
    more: Double,
    rank: Int,
    count: Option[Int],
    of: Option[String],
    most: Int
) {

  import Sizes._

  // A tensor's sizes, each once, are no more than the tensor.
  private def total: Double =
    bits + BitsOfTensor * (more + sizes.map { case (of, index) => (of, index < 0) }.size)

  def fits: Boolean = total <= MaxBits && most <= Condition.MaxRank

  def times(other: Sizes): Sizes = copy(
    bits = bits + other.bits,
    sizes = sizes ++ other.sizes,
    more = more + other.more + sizes.intersect(other.sizes).size,
    of = None
  )

  /** Each so many times. */
  def times(count: Int): Sizes =
    if (count == 1) this
    else {
      copy(
        bits = bits * count,
        more = more * count + sizes.size.toDouble * math.max(count - 1, 0),
        of = None
      )
    }

  def product: Sizes = copy(rank = 0, count = Some(1), of = None, most = 1)

  /** Some of them, each at most once. */
  def part: Sizes = copy(count = None, of = None)

  def element(index: Int): Sizes =
    of.fold(product)(name => product.copy(sizes = Set(name -> index)))

  /** Those from one place to another, which is counted from the end where it is negative. */
  def from(begin: Int, end: Option[Int]): Sizes = {
    val left = most - math.max(begin, 0)
    val taken = end match {
      case Some(last) if last < 0 => left + last
      case Some(last) if begin >= 0 => math.min(left, last - begin)
      case _ => left
    }
    val some = part.copy(most = math.max(taken, 0))
    of.fold(some) { name =>
      val to = if (begin < 0) 0 else Condition.MaxRank
      some.copy(sizes = (begin until to).map(name -> _).toSet)
    }
  }

  def elements(places: Seq[Int], rank: Int): Sizes = {
    val taken =
      if (of.isEmpty) times(places.size)
      else places.map(element).reduceOption(_ times _).getOrElse(copy(sizes = Set.empty))
    taken.copy(rank = rank, count = Some(places.size), of = None, most = places.size)
  }
}

private[rules] object Sizes {

  // The runtime counts elements with 63 bits.
  private val MaxBits = 62
  private val BitsOfTensor = 31

  def ofShape(tensor: String): Sizes =
    Sizes(
      0,
      (0 until Condition.MaxRank).map(tensor -> _).toSet,
      0,
      1,
      None,
      Some(tensor),
      Condition.MaxRank
    )
}
