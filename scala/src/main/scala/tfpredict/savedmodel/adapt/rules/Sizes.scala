package tfpredict.savedmodel.adapt.rules

/**
 * Describes numbers that are sizes, constants, or computed from them, to bound their product.
 *
 * @param bits
 *   bits of the product of all constants
 * @param sizes
 *   sizes of tensors, each once: a tensor and an index; a negative index counts from the end
 * @param more
 *   number of further sizes
 * @param count
 *   how many numbers there are, if it is known
 * @param most
 *   maximum of `count`
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

  // The product of a tensor's sizes, each taken once, is at most the tensor's size.
  private def total: Double =
    bits + BitsOfTensor * (more + sizes.map { case (of, index) => (of, index < 0) }.size)

  def fits: Boolean = total <= MaxBits && most <= Condition.MaxRank

  def times(other: Sizes): Sizes = copy(
    bits = bits + other.bits,
    sizes = sizes ++ other.sizes,
    more = more + other.more + sizes.intersect(other.sizes).size,
    of = None
  )

  /** Each number `count` times. */
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

  /** Some of the numbers, each at most once. */
  def part: Sizes = copy(count = None, of = None)

  def element(index: Int): Sizes =
    of.fold(product)(name => product.copy(sizes = Set(name -> index)))

  /** The numbers from one index to another. Negative indices count from the end. */
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
