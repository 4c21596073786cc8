package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.NodeDef

/**
 * Bounds the product of a shape's sizes. Most shapes are built from constants and from other
 * tensors' sizes. A tensor has fewer than [[Condition.MaxVolume]] elements. So a shape of one
 * tensor's sizes, each taken once, and of small constants fits the runtime's integers. A shape of
 * two tensors' sizes, or of large constants, may not fit.
 */
final private[rules] class SizesBound(scope: Scope) {
  import SizesBound._

  private val known = mutable.Map.empty[String, Option[Sizes]]

  /** Whether the product fits for all sizes. */
  def fits(input: String): Boolean = of(input, Depth).isDefined

  /** Whether a tensor still fits after its sizes are multiplied by these. */
  def fitsTimes(input: String): Boolean =
    of(input, Depth).exists(_.times(Sizes.ofShape("")).fits)

  private def of(input: String, depth: Int): Option[Sizes] =
    if (depth == 0) None
    else {
      known.getOrElse(
        input, {
          val found = scope.node(input).flatMap(made(_, indexOf(input), depth - 1)).filter(_.fits)
          known(input) = found
          found
        }
      )
    }

  private def indexOf(input: String): Int = {
    val parts = input.split(':')
    if (parts.length > 1) parts.last.toInt else 0
  }

  private def made(node: NodeDef, output: Int, depth: Int): Option[Sizes] = {
    val inputs = node.getInputList.asScala.filterNot(_.startsWith("^"))
    def at(index: Int): Option[Sizes] = inputs.lift(index).flatMap(of(_, depth))
    def vector(index: Int): Option[Sizes] = at(index).filter(_.rank == 1)
    def ints(index: Int): Option[Seq[Int]] = inputs.lift(index).flatMap(scope.ints)
    def number(key: String): Long = Option(node.getAttrMap.get(key)).fold(0L)(_.getI)
    node.getOp match {
      case "Const" => constant(node)
      case "Shape" => inputs.headOption.map(Sizes.ofShape)
      case "ShapeN" => inputs.lift(output).map(Sizes.ofShape)
      case "Size" => inputs.headOption.map(Sizes.ofShape(_).product)
      case "Rank" => Some(Sizes(8, Set.empty, 0, 0, Some(1), None, 1))
      case "Identity" => at(0)
      case "Cast" =>
        at(0).filter(_ =>
          Seq("SrcT", "DstT").forall(key => Ints(node.getAttrOrThrow(key).getType))
        )
      case "Pack" => joined(inputs.indices.map(at), rank = 0)
      case "ConcatV2" => joined(inputs.indices.dropRight(1).map(at), rank = 1)
      case "Concat" => joined(inputs.indices.drop(1).map(at), rank = 1)
      case "StridedSlice" =>
        val begin = ints(1).filter(_ => number("begin_mask") == 0).getOrElse(Seq(0)).headOption
        val kept = Seq("new_axis_mask", "ellipsis_mask").forall(number(_) == 0)
        vector(0).filter(_ => kept).flatMap { whole =>
          if (number("shrink_axis_mask") == 1) ints(1).flatMap(_.headOption).map(whole.element)
          else if (ints(3).exists(_.forall(_ > 0))) {
            val end = ints(2).flatMap(_.headOption).filter(_ => number("end_mask") == 0)
            begin.map(whole.from(_, end))
          } else None
        }
      case "Slice" =>
        for (whole <- vector(0); begin <- ints(1).flatMap(_.headOption))
          yield whole.from(begin, None)
      case "Gather" | "GatherV2" =>
        for (whole <- vector(0); places <- ints(1); rank <- inputs.lift(1).flatMap(rankOf))
          yield whole.elements(places, rank)
      case "Unpack" => vector(0).map(_.element(output))
      case "Split" => vector(1).map(_.part)
      case "SplitV" => vector(0).map(_.part)
      case "Prod" | "Max" | "Min" =>
        val keeps = Option(node.getAttrMap.get("keep_dims")).exists(_.getB)
        vector(0).map(_.product).map(one => if (keeps) one.copy(rank = 1) else one)
      case "Mul" => joint(at(0), at(1), extra = 0)
      case "Add" | "AddV2" | "Sub" => joint(at(0), at(1), extra = 1)
      case "Maximum" | "Minimum" | "FloorMod" => joint(at(0), at(1), extra = 0)
      case "FloorDiv" => joint(at(0), at(1), extra = 0)
      case "ExpandDims" => at(0).filter(_.rank == 0).map(_.copy(rank = 1))
      case "Squeeze" => vector(0).filter(_.count.contains(1)).map(_.copy(rank = 0, of = None))
      case "Reshape" =>
        for (whole <- at(0); rank <- ints(1).map(_.size) if rank < 2)
          yield whole.copy(rank = rank, of = None)
      case _ => None
    }
  }

  private def rankOf(input: String): Option[Int] =
    scope.constant(input).map(_.getTensorShape.getDimCount).filter(_ < 2)

  private def constant(node: NodeDef): Option[Sizes] = {
    val tensor = node.getAttrOrThrow("value").getTensor
    Scope.elements(tensor).filter(_ => tensor.getTensorShape.getDimCount < 2).map { values =>
      val bits = values.map(value => math.log(math.max(math.abs(value.toDouble), 1)) / math.log(2))
      Sizes(
        bits.sum,
        Set.empty,
        0,
        tensor.getTensorShape.getDimCount,
        Some(values.size),
        None,
        values.size
      )
    }
  }

  private def joined(parts: Seq[Option[Sizes]], rank: Int): Option[Sizes] =
    if (parts.isEmpty || parts.exists(!_.exists(_.rank == rank))) None
    else {
      val counts = parts.flatten.map(_.count)
      val all = parts.flatten.reduce(_ times _)
      Some(all.copy(
        rank = 1,
        count = if (counts.contains(None)) None else Some(counts.flatten.sum),
        most = parts.flatten.map(_.most).sum
      ))
    }

  // Each element is at most the product of both, plus the extra bits.
  private def joint(left: Option[Sizes], right: Option[Sizes], extra: Int): Option[Sizes] =
    for {
      one <- left
      other <- right
      counts = (one.count, other.count)
      count <- counts match {
        case (Some(1), _) => other.count
        case (_, Some(1)) => one.count
        case (Some(few), Some(many)) if few == many => Some(few)
        case _ => None
      }
    } yield {
      def spread(part: Sizes) = if (part.count.contains(count)) part else part.times(count)
      val both = spread(one).times(spread(other))
      both.copy(
        bits = both.bits + extra * count,
        rank = math.max(one.rank, other.rank),
        count = Some(count),
        most = count
      )
    }
}

private[rules] object SizesBound {
  private val Depth = 40
  private val Ints = Set(DT_INT32, DT_INT64)
}
