package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, TensorProto}

/** A guard's condition on an op's inputs, in the words of the table of guards. */
sealed private[rules] trait Condition {

  /** The inputs that the condition depends on. */
  def names: Seq[String]

  def words: String
}

private[rules] object Condition {
  final case class Compared(left: Term, comparison: String, right: Term, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(left, right).flatMap(_.name)
  }

  /**
   * @param besides
   *   number of last dimensions that may differ
   */
  final case class SameShape(left: String, right: String, besides: Int, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(left, right)
  }

  final case class Sorted(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** All real numbers are finite. */
  final case class Finite(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** No element is NaN. */
  final case class Numeric(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** A range whose equal parts are wide enough to distinguish values. */
  final case class Bins(range: String, count: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(range, count)
  }

  /**
   * A shape that a tensor can have: not too many dimensions or elements. Empty dimensions count as 1.
   */
  final case class Volume(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /**
   * A condition that applies if a node's attribute has a value. An absent attribute has its
   * default.
   */
  final case class Where(attribute: String, value: String, condition: Condition)
      extends Condition {
    override def names: Seq[String] = condition.names
    override def words: String = condition.words
  }

  /** At least one of two conditions holds. */
  final case class Either(one: Condition, other: Condition) extends Condition {
    override def names: Seq[String] = one.names ++ other.names
    override def words: String = s"${one.words} or ${other.words}"
  }

  /** A shape whose product is below a limit. Empty dimensions count as 1. */
  final case class Span(name: String, most: Double, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** A tensor is not too large after its sizes are multiplied. */
  final case class Tiled(tensor: String, multiples: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(tensor, multiples)
  }

  /** A tensor is not too large after its sizes are increased. */
  final case class Padded(tensor: String, paddings: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(tensor, paddings)
  }

  /** Two tensors have the same first sizes. An attribute gives their number. */
  final case class Batched(left: String, right: String, attribute: String, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(left, right)
  }

  /** Reduces a number to a limit without an error, since no useful number exceeds it. */
  final case class Clamped(name: String, most: Long, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** All sizes are positive, unless there are no elements. */
  final case class Positive(name: String, elements: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, elements)
  }

  /** A range of numbers that is not too long. */
  final case class Steps(start: String, limit: String, delta: String, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(start, limit, delta)
  }

  /** Diagonals that exist in the matrices. */
  final case class Diagonals(name: String, of: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, of)
  }

  /** Each row of indices is inside a shape. */
  final case class Inside(name: String, shape: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, shape)
  }

  /** Splits of a ragged tensor that end within the next splits, or within the values. */
  final case class Nested(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** A ragged tensor's partitions fit each other. An attribute gives their kinds. */
  final case class Partitions(values: String, partitions: String, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(values, partitions)
  }

  /**
   * A tensor has the sizes that the node's window leaves of another tensor.
   *
   * @param isSizes
   *   whether the other tensor contains the sizes themselves
   */
  final case class Windows(name: String, of: String, isSizes: Boolean, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(name, of)
  }

  /** A filter, spread by the node's rates, is no larger than a picture. */
  final case class Spread(name: String, in: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, in)
  }

  /** No size is smaller than an attribute's number. */
  final case class Reaches(name: String, attribute: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** Serialized examples whose lengths do not exceed their data. */
  final case class Examples(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /**
   * Limit of a tensor's size. The product of two such numbers still fits the runtime's integers.
   */
  val MaxVolume = 2147483648.0
  val MaxSpan = 9e18
  val MaxRank = 32
  val MaxSteps = 2147483000.0
  val LeastBin = 1e-30

  /** A literal number, or a property of an input. */
  sealed trait Term { def name: Option[String] }
  final case class Number(value: Long) extends Term { override def name: Option[String] = None }

  /**
   * @param what
   *   `rank`, `count`, `min`, `max`, `sum`, `dim`, `item`, or `length` of a list of tensors
   * @param index
   *   the index of a dimension or element; a negative one counts from the last dimension
   */
  final case class Of(what: String, input: String, index: Int) extends Term {
    override def name: Option[String] = Some(input)
  }

  /** Terms that depend only on a tensor's shape. */
  val OfShape: Set[String] = Set("rank", "count", "dim")

  /** An input that must have exactly one element. */
  object OfOne {
    def unapply(condition: Condition): Option[String] = condition match {
      case Compared(Of("count", name, _), "=", Number(1), _) => Some(name)
      case _ => None
    }
  }

  /** Whether the condition holds. None if it depends on inputs that are not constant. */
  def isTrue(condition: Condition, constants: String => Option[TensorProto]): Option[Boolean] = {
    def figure(term: Term): Option[Long] = term match {
      case Number(value) => Some(value)
      case Of(what, name, index) => constants(name).flatMap(figureOf(_, what, index))
    }
    def elements(name: String) = constants(name).flatMap(Scope.elements)
    condition match {
      case Where(_, _, inner) => isTrue(inner, constants)
      case Either(one, other) =>
        Seq(one, other).map(isTrue(_, constants)) match {
          case found if found.contains(Some(true)) => Some(true)
          case found if found.contains(None) => None
          case _ => Some(false)
        }
      case Compared(left, sign, right, _) =>
        for (one <- figure(left); other <- figure(right)) yield compare(one, sign, other)
      case Volume(name, _) => elements(name).map(isShape(_, MaxVolume))
      case Span(name, most, _) => elements(name).map(isShape(_, most))
      // Every non-empty matrix has a main diagonal.
      case Diagonals(name, _, _) => elements(name).filter(_.forall(_ == 0)).map(_ => true)
      case Positive(name, _, _) => elements(name).filter(_.forall(_ > 0)).map(_ => true)
      case Steps(start, limit, delta, _) =>
        def of(name: String) = elements(name).filter(_.size == 1)
        for {
          Seq(from) <- of(start)
          Seq(to) <- of(limit)
          Seq(by) <- of(delta)
          isLong = constants(start).exists(_.getDtype == DataType.DT_INT64)
        } yield by != 0 && ((to.toDouble - from) / by).abs < MaxSteps &&
          (to.toDouble - from).abs + by.toDouble.abs < (if (isLong) MaxSpan else MaxVolume)
      // Multiplying sizes within this limit cannot overflow 64 bits.
      case Tiled(_, multiples, _) => elements(multiples).flatMap(bounded(_)(_.max(1L).toDouble))
      case Padded(_, paddings, _) => elements(paddings).flatMap(bounded(_)(_.abs + 1.0))
      case _: Nested | _: Partitions | _: Batched | _: Inside => None
      case _: Windows | _: Spread | _: Reaches | _: Examples => None
      case Clamped(name, most, _) => elements(name).map(_.forall(_ <= most))
      case SameShape(left, right, besides, _) =>
        for (one <- constants(left); other <- constants(right))
          yield Scope.dims(one).size == Scope.dims(other).size &&
            Scope.dims(one).dropRight(besides) == Scope.dims(other).dropRight(besides)
      case _: Finite | _: Numeric | _: Bins => None
      case Sorted(name, _) =>
        elements(name).map(values =>
          values.zip(values.drop(1)).forall { case (one, next) => one <= next }
        )
    }
  }

  private def isShape(sizes: Seq[Long], most: Double): Boolean =
    sizes.map(_.max(1L).toDouble).product < most && sizes.size <= MaxRank

  private def bounded(values: Seq[Long])(size: Long => Double): Option[Boolean] =
    if (values.map(size).product < MaxVolume) Some(true) else None

  def compare(one: Long, sign: String, other: Long): Boolean = sign match {
    case "=" => one == other
    case ">=" => one >= other
    case "<=" => one <= other
    case ">" => one > other
    case _ => one < other
  }

  /** The value of a term for a constant. */
  def figureOf(tensor: TensorProto, what: String, index: Int): Option[Long] = what match {
    case "item" => Scope.elements(tensor).flatMap(_.lift(index))
    case "sum" => Scope.elements(tensor).map(_.sum)
    case "length" => None
    // As in the runtime, the minimum of no elements is the largest number.
    case "min" => Scope.elements(tensor).map(values =>
        if (values.isEmpty) Long.MaxValue else values.min
      )
    case "max" => Scope.elements(tensor).map(values =>
        if (values.isEmpty) Long.MinValue else values.max
      )
    case shape => Some(ofShape(Scope.dims(tensor), shape, index).getOrElse(-1L))
  }

  /** The value of a term for a shape, or none if the shape leaves it open. */
  def ofShape(dims: Seq[Long], what: String, index: Int): Option[Long] = what match {
    case "rank" => Some(dims.size.toLong)
    case "count" => if (dims.exists(_ < 0)) None else Some(dims.product)
    case _ => dims.lift(if (index < 0) dims.size + index else index).filter(_ >= 0)
  }
}
