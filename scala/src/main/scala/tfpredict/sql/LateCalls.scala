package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  And,
  Attribute,
  AttributeSet,
  NamedExpression,
  PredicateHelper
}
import org.apache.spark.sql.catalyst.plans.logical.{
  Filter,
  Join,
  LocalLimit,
  LogicalPlan,
  Project,
  RebalancePartitions,
  RepartitionOperation,
  UnaryNode,
  Window
}

/**
 * Lifts calls off the top of a plan, so that a node that drops rows can run before them.
 *
 * Columns that do not depend on calls are computed below. So the nodes that use them can move too,
 * and nothing is computed twice. Calls pass nodes that keep all rows, such as windows. They do not
 * pass nodes that repeat rows.
 */
private[sql] object LateCalls extends PredicateHelper {

  /**
   * Moves the node below its child's calls, except for those that it uses. If none can be passed,
   * returns the node unchanged.
   */
  def above(node: UnaryNode): LogicalPlan = above(node, _ => true)

  /**
   * Like `above`, for a node that repeats rows. Random numbers must be equal in all copies of a
   * row, so nondeterministic calls are not passed.
   */
  def repeated(node: UnaryNode): LogicalPlan = above(node, _.isDeterministic)

  private def above(node: UnaryNode, mayMove: Lifted => Boolean): LogicalPlan =
    lift(node.child, node.references).filter(mayMove).fold[LogicalPlan](node) { lifted =>
      lifted.onto(over(node, lifted.lower))
    }

  /** Whether a plan has calls on top whose results are not among these columns. */
  def areOn(plan: LogicalPlan, needs: AttributeSet): Boolean = lift(plan, needs).isDefined

  /** Splits a filter: conditions that need no call's result go below the calls, the others stay. */
  def filtered(filter: Filter): LogicalPlan = {
    val conditions = splitConjunctivePredicates(filter.condition)
    val (early, late) = conditions.partition(part => lift(filter.child, part.references).isDefined)
    if (early.isEmpty || !conditions.forall(_.deterministic)) above(filter)
    else {
      val dropped = above(Filter(early.reduce(And), filter.child))
      late.reduceOption(And).fold(dropped)(Filter(_, dropped))
    }
  }

  /** Moves a join that only drops rows of its left side. */
  def joined(join: Join): LogicalPlan = {
    val needs = AttributeSet(join.condition.toSeq.flatMap(_.references))
      .intersect(join.left.outputSet)
    lift(join.left, needs).fold[LogicalPlan](join) { lifted =>
      lifted.onto(join.copy(left = lifted.lower))
    }
  }

  /** Adds a limit per partition below the plan's calls, and keeps the one above them. */
  def limited(limit: LocalLimit): LogicalPlan =
    lift(limit.child, AttributeSet.empty).fold[LogicalPlan](limit) { lifted =>
      limit.copy(child = lifted.onto(limit.copy(child = lifted.lower)))
    }

  /**
   * A plan, split in two.
   *
   * @param late
   *   calls and projections, the lowest first
   * @param lower
   *   the rest of the plan, below them
   */
  private case class Lifted(late: List[Late], lower: LogicalPlan) {
    def onto(node: LogicalPlan): LogicalPlan =
      late.foldLeft(node) {
        case (below, Calls(node)) => node.copy(child = below)
        case (below, Columns(list)) => Project(list, below)
      }

    def isDeterministic: Boolean = late.forall {
      case Calls(node) => node.calls.forall(_.deterministic)
      case Columns(list) => list.forall(_.deterministic)
    }

    /** Passes columns of `lower` through to the top. */
    def passing(columns: Seq[Attribute]): List[Late] = late.map {
      case Columns(list) =>
        Columns(list ++ columns.filterNot(column => list.exists(_.exprId == column.exprId)))
      case calls => calls
    }
  }

  sealed private trait Late
  private case class Calls(node: BatchPredict) extends Late
  private case class Columns(list: Seq[NamedExpression]) extends Late

  // Returns none if there is no call on top, or its result is needed.
  private def lift(plan: LogicalPlan, needs: AttributeSet): Option[Lifted] = plan match {
    case node: BatchPredict =>
      if (node.results.exists(needs.contains)) None
      else {
        val below = lift(node.child, needs).getOrElse(Lifted(Nil, node.child))
        Some(below.copy(late = below.late :+ Calls(node)))
      }
    case Project(list, child) =>
      val needed = list.filter(column => needs.contains(column.toAttribute))
      lift(child, AttributeSet(needed.flatMap(_.references))).flatMap(split(list, _))
    case node @ (_: Window | _: RepartitionOperation | _: RebalancePartitions) =>
      val unary = node.asInstanceOf[UnaryNode]
      val added = unary.output.filterNot(unary.child.outputSet.contains)
      lift(unary.child, (needs -- added) ++ unary.references).map { lifted =>
        Lifted(lifted.passing(added), over(unary, lifted.lower))
      }
    case _ => None
  }

  private def split(list: Seq[NamedExpression], below: Lifted): Option[Lifted] = {
    val known = below.lower.outputSet
    val (early, late) = list.partition(_.references.subsetOf(known))
    // Random numbers must be drawn for the same rows as before.
    if (!late.forall(_.deterministic)) None
    else {
      val computed = early.filterNot(_.isInstanceOf[Attribute])
      val lower =
        if (computed.isEmpty) below.lower
        else Project(below.lower.output ++ computed, below.lower)
      val top = list.map(column => if (late.contains(column)) column else column.toAttribute)
      Some(Lifted(below.passing(computed.map(_.toAttribute)) :+ Columns(top), lower))
    }
  }

  private def over(node: UnaryNode, child: LogicalPlan): UnaryNode =
    node.withNewChildren(Seq(child)).asInstanceOf[UnaryNode]
}
