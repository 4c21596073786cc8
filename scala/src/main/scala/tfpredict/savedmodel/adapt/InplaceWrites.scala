package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.NodeDef

/**
 * Finds ops that write into their input's memory, such as `InplaceAdd`, if that memory outlives the
 * run. The next run would then see the written values. The memory of variables and constants
 * outlives a run. So does a node's that the runtime folds into a constant, since all its inputs are
 * known.
 */
final private[savedmodel] class InplaceWrites(serving: ServingGraph) {
  import CallFlow.Tensor
  import InplaceWrites._
  import StateFlow.{dataInputs, Place}

  private val flow = serving.flow
  private val calls = new CallFlow(serving)

  /** The writing nodes among a run's places. */
  def among(run: Seq[Place]): Seq[(NodeDef, Option[String])] = run.flatMap { place =>
    flow.find(place).filter { node =>
      Writing(node.getOp) && dataInputs(node).headOption.exists(isKept(place._1, _, Set.empty))
    }.map(_ -> place._1)
  }

  private def isKept(function: Option[String], input: String, seen: Set[Tensor]): Boolean =
    if (seen((function, input))) false
    else {
      def next(in: Option[String], of: String) = isKept(in, of, seen + ((function, input)))
      flow.find((function, ServingGraph.nodeOf(input))) match {
        case None => calls.passed(function, input).exists { case (place, of) => next(place, of) }
        case Some(node) if Merging(node.getOp) => dataInputs(node).exists(next(function, _))
        case Some(node) if Same(node.getOp) => dataInputs(node).headOption.exists(next(function, _))
        case Some(node) if serving.called(node).nonEmpty =>
          calls.returned(node, input).exists { case (place, of) => next(place, of) } ||
          calls.begins(node, input).exists(next(function, _))
        case Some(node) if Variables(node.getOp) => true
        case Some(node) => isKnown(function, node, Set.empty)
      }
    }

  // Whether the runtime may compute a node once for all runs.
  private def isKnown(function: Option[String], node: NodeDef, seen: Set[String]): Boolean = {
    val inputs = dataInputs(node)
    if (node.getOp == "Const") true
    else if (seen(node.getName) || serving.catalog.ops.isStateful(node.getOp).forall(identity))
      false
    else if (OfShape(node.getOp) && inputs.headOption.exists(!hasOpenShape(function, _))) true
    else {
      inputs.nonEmpty && inputs.forall { input =>
        flow.find((function, ServingGraph.nodeOf(input)))
          .exists(isKnown(function, _, seen + node.getName))
      }
    }
  }

  // The runtime infers more of a shape than the graph says. So a shape counts as known unless the
  // graph says that it is open.
  private def hasOpenShape(function: Option[String], input: String): Boolean = {
    def said = if (function.isEmpty) serving.scope.shape(input).map(_.exists(_ < 0)) else None
    flow.find((function, ServingGraph.nodeOf(input))) match {
      case Some(node) if node.getOp == "Placeholder" =>
        Option(node.getAttrMap.get("shape")).map(_.getShape).forall { shape =>
          shape.getUnknownRank || shape.getDimList.asScala.exists(_.getSize < 0)
        }
      case Some(node) if node.getOp == "Identity" =>
        dataInputs(node).headOption.exists(hasOpenShape(function, _))
      case _ => said.contains(true)
    }
  }
}

private object InplaceWrites {

  private val Writing = Set("InplaceAdd", "InplaceSub", "InplaceUpdate")

  private val Variables = Set("ReadVariableOp", "Variable", "VariableV2")

  private val Merging = Set("Merge", "RefMerge")

  private val OfShape = Set("Shape", "Size", "Rank", "ZerosLike", "OnesLike")

  // Ops whose output may share their input's memory.
  private val Same = Writing ++ Set(
    "Identity",
    "IdentityN",
    "Reshape",
    "Squeeze",
    "ExpandDims",
    "StopGradient",
    "PreventGradient",
    "CheckNumerics",
    "EnsureShape",
    "Bitcast",
    "Enter",
    "Exit",
    "Switch",
    "NextIteration",
    "RefIdentity",
    "RefEnter",
    "RefExit",
    "RefSwitch",
    "RefNextIteration"
  )
}
