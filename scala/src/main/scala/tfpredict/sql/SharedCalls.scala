package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{
  Alias,
  Attribute,
  AttributeMap,
  EqualNullSafe,
  Literal,
  NamedExpression
}
import org.apache.spark.sql.catalyst.plans.logical.{
  Filter,
  Generate,
  GlobalLimit,
  Join,
  LocalLimit,
  LogicalPlan,
  Offset,
  Project,
  RebalancePartitions,
  RepartitionOperation,
  Sample,
  Sort,
  UnaryNode,
  Window
}
import org.apache.spark.sql.catalyst.plans.{InnerLike, LeftAnti, LeftOuter, LeftSemi, RightOuter}

/** Finds a call that is already made further down, through nodes that pass rows on unchanged. */
private[sql] object SharedCalls {

  /** Returns the plan with the call's result in its output, if the call is made in it. */
  def expose(plan: LogicalPlan, call: Predict): Option[(LogicalPlan, Attribute)] = plan match {
    case node: BatchPredict =>
      node.calls
        .zip(node.results)
        .collectFirst { case (same, result) if same.semanticEquals(call) => (node, result) }
        .orElse(through(node, call))
    case node @ (_: Filter | _: Sort | _: GlobalLimit | _: LocalLimit | _: Offset | _: Window |
        _: Generate | _: Sample | _: RepartitionOperation | _: RebalancePartitions) =>
      through(node.asInstanceOf[UnaryNode], call)
    case join: Join => ofSides(join, call)
    case Project(list, child) =>
      expose(child, inside(list, call)).map { case (found, result) =>
        val isThere = list.exists(_.exprId == result.exprId)
        (Project(if (isThere) list else list :+ result, found), result)
      }
    case _ => None
  }

  /**
   * Returns the plan with all results of this call that are made for some of the rows.
   *
   * @return
   *   with each result a flag that says whether the row has it
   */
  def exposeGuarded(
      plan: LogicalPlan,
      call: Predict
  ): (LogicalPlan, Seq[(Attribute, Attribute)]) = plan match {
    case node: BatchPredict =>
      val (child, below) = exposeGuarded(node.child, call)
      val own = node.calls.zip(node.results).flatMap { case (other, result) =>
        GuardedCalls.guarded(other).filter(_.call.semanticEquals(call)).map(_.guards.head -> result)
      }
      val flags = own.map { case (guard, _) =>
        Alias(EqualNullSafe(guard, Literal.TrueLiteral), "is_made")()
      }
      val made = node.copy(child = child)
      (
        if (own.isEmpty) made else Project(made.output ++ flags, made),
        flags.map(_.toAttribute).zip(own.map(_._2)) ++ below
      )
    case node @ (_: Filter | _: Sort | _: GlobalLimit | _: LocalLimit | _: Offset | _: Window |
        _: Generate | _: Sample | _: RepartitionOperation | _: RebalancePartitions) =>
      val (child, found) = exposeGuarded(node.children.head, call)
      (node.withNewChildren(Seq(child)), found)
    case join: Join =>
      def left = exposeGuarded(join.left, call) match {
        case (side, found) => (join.copy(left = side), found)
      }
      def right = exposeGuarded(join.right, call) match {
        case (side, found) => (join.copy(right = side), found)
      }
      join.joinType match {
        case _: InnerLike if call.references.subsetOf(join.left.outputSet) => left
        case LeftOuter | LeftSemi | LeftAnti => left
        case _: InnerLike | RightOuter => right
        case _ => (join, Nil)
      }
    case Project(list, child) =>
      val (below, found) = exposeGuarded(child, inside(list, call))
      val missing = found.flatMap { case (flag, result) => Seq(flag, result) }
        .filterNot(column => list.exists(_.exprId == column.exprId))
      (if (found.isEmpty) plan else Project(list ++ missing, below), found)
    case _ => (plan, Nil)
  }

  // Rewrites a call for the plan below a projection.
  private def inside(list: Seq[NamedExpression], call: Predict): Predict = {
    val aliases = AttributeMap(list.collect { case alias: Alias =>
      alias.toAttribute -> alias.child
    })
    call
      .transform { case attribute: Attribute => aliases.getOrElse(attribute, attribute) }
      .asInstanceOf[Predict]
  }

  /* For rows that an outer join adds, with nulls on one side, that side has no results. */
  private def ofSides(join: Join, call: Predict): Option[(LogicalPlan, Attribute)] = {
    def left = expose(join.left, call).map { case (found, result) =>
      (join.copy(left = found), result)
    }
    def right = expose(join.right, call).map { case (found, result) =>
      (join.copy(right = found), result)
    }
    join.joinType match {
      case _: InnerLike => left.orElse(right)
      case LeftOuter | LeftSemi | LeftAnti => left
      case RightOuter => right
      case _ => None
    }
  }

  private def through(node: UnaryNode, call: Predict): Option[(LogicalPlan, Attribute)] =
    expose(node.child, call).map { case (found, result) =>
      (node.withNewChildren(Seq(found)), result)
    }
}
