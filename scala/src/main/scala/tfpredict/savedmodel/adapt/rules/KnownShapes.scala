package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.NodeDef

/**
 * Uses the shapes that a model states to satisfy conditions. A stated shape may be wrong. So the
 * graph enforces the needed sizes with `EnsureShape`. That costs a few hundred nanoseconds, a check
 * costs tens of microseconds, and the runtime can still fuse ops.
 */
final private[rules] class KnownShapes(node: NodeDef, scope: Scope) {
  import Condition._
  import KnownShapes._

  /** The sizes, by input, that satisfy a condition. None if the stated shapes do not decide it. */
  def suffices(condition: Condition, place: String => Int): Option[Needed] = condition match {
    case Where(_, _, inner) => suffices(inner, place)
    case Either(one, other) => suffices(one, place).orElse(suffices(other, place))
    // Any tensor's rank can be enforced at no more cost.
    case Compared(Of("rank", name, _), "=", Number(rank), _) =>
      Some(Map(place(name) -> Vector.fill(rank.toInt)(-1L)))
    case Compared(left, sign, right, _) =>
      for {
        (one, needed) <- figure(left, place)
        (other, neededToo) <- figure(right, place)
        if compare(one, sign, other)
      } yield join(needed, neededToo)
    case SameShape(left, right, besides, _) =>
      for {
        (one, needed) <- dims(place(left))
        (other, neededToo) <- dims(place(right))
        if one.size == other.size
        if one.dropRight(besides) == other.dropRight(besides) && one.forall(_ >= 0)
      } yield join(needed, neededToo)
    case _ => None
  }

  private def figure(term: Term, place: String => Int): Option[(Long, Needed)] = term match {
    case Number(value) => Some((value, Map.empty))
    case Of("dim", name, 3) if channels(node.getInput(place(name))).isDefined =>
      channels(node.getInput(place(name))).map((_, Map.empty[Int, Vector[Long]]))
    case Of(what, name, index) if OfShape(what) =>
      dims(place(name), mayVary = what != "count").flatMap { case (sizes, needed) =>
        ofShape(sizes, what, index).map { value =>
          val at = if (index < 0) sizes.size + index else index
          val only = needed.mapValues { all =>
            all.zipWithIndex.map { case (size, n) =>
              if (what == "count" || (what == "dim" && n == at)) size else -1L
            }
          }
          (value, only.toMap)
        }
      }
    case Of("item", name, index) => item(node.getInput(place(name)), index).map((_, Map.empty))
    case Of(what, name, index) =>
      scope.constant(node.getInput(place(name))).flatMap(figureOf(_, what, index)).map(
        (_, Map.empty)
      )
  }

  // A shape is either a constant, or a `Pack` of sizes. Some of those may be constants.
  private def item(input: String, index: Int): Option[Long] =
    scope.constant(input).flatMap(figureOf(_, "item", index)).orElse(
      scope.node(input)
        .filter(made => made.getOp == "Pack" && made.getInputCount > index)
        .flatMap(made => scope.constant(made.getInput(index)))
        .flatMap(Scope.elements)
        .filter(_.size == 1)
        .map(_.head)
    )

  private def dims(place: Int): Option[(Vector[Long], Needed)] = dims(place, mayVary = false)

  // The stated shape of a computed tensor may be that of another batch. A weight's shape is exact.
  private def dims(place: Int, mayVary: Boolean): Option[(Vector[Long], Needed)] = {
    val input = node.getInput(place)
    scope.constant(input).map(tensor => (Scope.dims(tensor), Map.empty: Needed)).orElse {
      scope.shape(input)
        .filter(_ => mayVary || isWeight(input, 4))
        .map(told => (told, Map(place -> told)))
    }
  }

  private def isWeight(input: String, depth: Int): Boolean =
    depth > 0 && scope.node(input).exists { of =>
      Weights(of.getOp) || (of.getOp == "Identity" && isWeight(of.getInput(0), depth - 1))
    }

  // The convolution's own guard enforces the filter's shape.
  private def channels(input: String): Option[Long] =
    for {
      made <- scope.node(input)
      if Convolutions(made.getOp)
      if Option(made.getAttrMap.get("data_format")).forall(_.getS.toStringUtf8 == "NHWC")
      filter <- new KnownShapes(made, scope).dims(1).map(_._1)
      if filter.size == 4 && filter.forall(_ > 0)
    } yield if (made.getOp == "Conv2D") filter(3) else filter(2) * filter(3)
}

private[rules] object KnownShapes {
  type Needed = Map[Int, Vector[Long]]

  private val Weights = Set("ReadVariableOp", "Variable", "VariableV2")
  private val Convolutions = Set("Conv2D", "DepthwiseConv2dNative")

  /** The sizes that either needs. */
  def join(one: Needed, other: Needed): Needed =
    (one.keySet ++ other.keySet).map { place =>
      place -> (one.get(place).toSeq ++ other.get(place)).reduce(both)
    }.toMap

  // Two different ranks cannot both hold. A shape with the maximum number of dimensions fails for
  // every tensor of a real model.
  private def both(one: Vector[Long], other: Vector[Long]): Vector[Long] =
    if (one.size != other.size) Vector.fill(Condition.MaxRank)(-1L)
    else one.zip(other).map { case (x, y) => x.max(y) }
}
