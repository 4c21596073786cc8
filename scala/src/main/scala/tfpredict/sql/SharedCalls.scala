package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Alias, Attribute, AttributeMap}
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

/** Finds a call that is made further down, through nodes that pass rows on as they are. */
private[sql] object SharedCalls {

  /** The plan with the call's result among its output, where the call is made in it. */
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
      val aliases = AttributeMap(list.collect { case alias: Alias =>
        alias.toAttribute -> alias.child
      })
      val inner = call.transform { case attribute: Attribute =>
        aliases.getOrElse(attribute, attribute)
      }
      expose(child, inner.asInstanceOf[Predict]).map { case (found, result) =>
        val isThere = list.exists(_.exprId == result.exprId)
        (Project(if (isThere) list else list :+ result, found), result)
      }
    case _ => None
  }

  /* A side whose rows the join may make up, all nulls, has no results for those. */
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
