package tfpredict.savedmodel.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.TensorProto

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

  final case class SameShape(left: String, right: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(left, right)
  }

  final case class Sorted(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  /** A shape of fewer elements than a tensor can have, were each empty dimension 1. */
  final case class Volume(name: String, words: String) extends Condition {
    override def names: Seq[String] = Seq(name)
  }

  val MaxVolume = 1e12

  /** A number, or one that an input has. */
  sealed trait Term { def name: Option[String] }
  final case class Number(value: Long) extends Term { override def name: Option[String] = None }

  /** @param what `rank`, `count`, `min`, `max` or `dim` */
  final case class Of(what: String, input: String, index: Int) extends Term {
    override def name: Option[String] = Some(input)
  }

  private val SameShapes = "shape (\\w+) = shape (\\w+)".r
  private val InOrder = "sorted (\\w+)".r
  private val Whole = "volume (\\w+)".r
  private val Comparison = "(.+) (=|>=|<=|>|<) (.+)".r
  private val Literal = "(-?\\d+)".r
  private val Dim = "dim (\\w+) (\\d+)".r
  private val Figure = "(rank|count|min|max) (\\w+)".r

  def parse(words: String): Condition = words match {
    case SameShapes(left, right) => SameShape(left, right, words)
    case InOrder(name) => Sorted(name, words)
    case Whole(name) => Volume(name, words)
    case Comparison(left, sign, right) => Compared(term(left), sign, term(right), words)
    case _ => throw new IllegalArgumentException(s"no condition of a guard: $words")
  }

  private def term(words: String): Term = words match {
    case Literal(value) => Number(value.toLong)
    case Dim(name, index) => Of("dim", name, index.toInt)
    case Figure(what, name) => Of(what, name, 0)
    case _ => throw new IllegalArgumentException(s"no part of a guard's condition: $words")
  }

  /** Whether it holds, where the inputs that it looks at are constants. */
  def isTrue(condition: Condition, constants: String => Option[TensorProto]): Option[Boolean] = {
    def figure(term: Term): Option[Long] = term match {
      case Number(value) => Some(value)
      case Of(what, name, index) => constants(name).flatMap(of(_, what, index))
    }
    condition match {
      case Compared(left, sign, right, _) =>
        for (one <- figure(left); other <- figure(right)) yield compare(one, sign, other)
      case Volume(name, _) =>
        constants(name).flatMap(Scope.elements).map(_.map(_.max(1L).toDouble).product < MaxVolume)
      case SameShape(left, right, _) =>
        for (one <- constants(left); other <- constants(right)) yield dims(one) == dims(other)
      case Sorted(name, _) =>
        constants(name).flatMap(Scope.elements).map(values =>
          values.zip(values.drop(1)).forall { case (one, next) => one <= next }
        )
    }
  }

  private def compare(one: Long, sign: String, other: Long): Boolean = sign match {
    case "=" => one == other
    case ">=" => one >= other
    case "<=" => one <= other
    case ">" => one > other
    case _ => one < other
  }

  private def of(tensor: TensorProto, what: String, index: Int): Option[Long] = what match {
    case "rank" => Some(dims(tensor).size.toLong)
    case "count" => Some(dims(tensor).product)
    case "dim" => Some(dims(tensor).lift(index).getOrElse(-1L))
    // As the runtime has it, nothing is smaller than each number.
    case "min" => Scope.elements(tensor).map(values => if (values.isEmpty) Long.MaxValue else values.min)
    case _ => Scope.elements(tensor).map(values => if (values.isEmpty) Long.MinValue else values.max)
  }

  private def dims(tensor: TensorProto): Seq[Long] =
    tensor.getTensorShape.getDimList.asScala.map(_.getSize)
}
