package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.{DataType, TensorProto}

/** What a guard needs of an op's inputs, as the table of guards words it. */
sealed private[rules] trait Condition {

  /** The inputs that it looks at. */
  def names: Seq[String]

  def words: String
}

private[rules] object Condition {
  final case class Compared(left: Term, comparison: String, right: Term, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(left, right).flatMap(_.name)
  }

  /** @param besides how many of the last dimensions may differ */
  final case class SameShape(left: String, right: String, besides: Int, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(left, right)
  }

  final case class Sorted(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** Real numbers that are finite. */
  final case class Finite(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** None that is no number. */
  final case class Numeric(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** A range whose equal parts are not too narrow to tell values apart. */
  final case class Bins(range: String, count: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(range, count)
  }

  /**
   * A shape of no more dimensions, and of fewer elements, than a tensor can have, were each empty
   * dimension 1.
   */
  final case class Volume(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** What holds where a node has an attribute so. Without it the attribute has its default. */
  final case class Where(attribute: String, value: String, condition: Condition)
      extends Condition {
    override def names: Seq[String] = condition.names
    override def words: String = condition.words
  }

  /** Either of two. */
  final case class Either(one: Condition, other: Condition) extends Condition {
    override def names: Seq[String] = one.names ++ other.names
    override def words: String = s"${one.words} or ${other.words}"
  }

  /** A shape whose sizes, were each empty dimension 1, have a product below a number. */
  final case class Span(name: String, most: Double, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** A tensor whose sizes are multiplied is not too large. */
  final case class Tiled(tensor: String, multiples: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(tensor, multiples)
  }

  /** A tensor whose sizes are added to is not too large. */
  final case class Padded(tensor: String, paddings: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(tensor, paddings)
  }

  /** Two tensors are the same in as many first sizes as an attribute says. */
  final case class Batched(left: String, right: String, attribute: String, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(left, right)
  }

  /** A number that is made no larger than another: no one is told, since it is beyond all use. */
  final case class Clamped(name: String, most: Long, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** No size of 0, where there are elements. */
  final case class Positive(name: String, elements: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, elements)
  }

  /** Numbers from a start to a limit, of which there are not too many. */
  final case class Steps(start: String, limit: String, delta: String, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(start, limit, delta)
  }

  /** Diagonals that matrices have. */
  final case class Diagonals(name: String, of: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, of)
  }

  /** Each row of indices stands inside a shape. */
  final case class Inside(name: String, shape: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name, shape)
  }

  /** Splits of a ragged tensor that end within the next ones, or within the values. */
  final case class Nested(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** The partitions of a ragged tensor, whose kinds are an attribute, fit each other. */
  final case class Partitions(values: String, partitions: String, words: String)
      extends Condition {
    override def names: Seq[String] = Seq(values, partitions)
  }

  /**
   * A tensor has the sizes that the node's window leaves of another's.
   *
   * @param isSizes
   *   whether the other holds the sizes themselves
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

  /** Serialized examples, whose lengths are no more than what they have. */
  final case class Examples(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** Of a tensor: two such numbers have a product that the runtime can count to. */
  val MaxVolume = 2147483648.0
  val MaxSpan = 9e18
  val MaxRank = 32
  val MaxSteps = 2147483000.0
  val LeastBin = 1e-30

  /** A number, or one that an input has. */
  sealed trait Term { def name: Option[String] }
  final case class Number(value: Long) extends Term { override def name: Option[String] = None }

  /**
   * @param what
   *   `rank`, `count`, `min`, `max`, `sum`, `dim`, `item`, or `length` of a list of tensors
   * @param index
   *   of a dimension, from the last on where it is negative, or of an element
   */
  final case class Of(what: String, input: String, index: Int) extends Term {
    override def name: Option[String] = Some(input)
  }

  /** What a term says of a tensor's shape alone. */
  val OfShape: Set[String] = Set("rank", "count", "dim")

  /** An input that must have one element. */
  object OfOne {
    def unapply(condition: Condition): Option[String] = condition match {
      case Compared(Of("count", name, _), "=", Number(1), _) => Some(name)
      case _ => None
    }
  }

  /** Whether it holds, where the inputs that it looks at are constants. */
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
      // All matrices but those without elements have the main one.
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
      // A tensor of so many elements at most becomes no larger than twice as many bits say.
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

  /** What a term says of a constant. */
  def figureOf(tensor: TensorProto, what: String, index: Int): Option[Long] = what match {
    case "item" => Scope.elements(tensor).flatMap(_.lift(index))
    case "sum" => Scope.elements(tensor).map(_.sum)
    case "length" => None
    // As the runtime has it, nothing is smaller than each number.
    case "min" => Scope.elements(tensor).map(values =>
        if (values.isEmpty) Long.MaxValue else values.min
      )
    case "max" => Scope.elements(tensor).map(values =>
        if (values.isEmpty) Long.MinValue else values.max
      )
    case shape => Some(ofShape(Scope.dims(tensor), shape, index).getOrElse(-1L))
  }

  /** What a term says of a shape, if it knows it. */
  def ofShape(dims: Seq[Long], what: String, index: Int): Option[Long] = what match {
    case "rank" => Some(dims.size.toLong)
    case "count" => if (dims.exists(_ < 0)) None else Some(dims.product)
    case _ => dims.lift(if (index < 0) dims.size + index else index).filter(_ >= 0)
  }
}
