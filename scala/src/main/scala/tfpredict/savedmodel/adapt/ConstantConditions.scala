package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{DataType, FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.Scope

/**
 * Decides conditions that depend on constants only. An example is TensorFlow 1's training flag, a
 * placeholder whose default is never overridden. The branch that never runs is removed, with its
 * random numbers, states and ops.
 *
 * A branch is a function of `If`. In graphs of TensorFlow 1 it is the part between `Switch` and
 * `Merge`.
 */
final private[savedmodel] class ConstantConditions(graph: MetaGraphDef)(implicit
    catalog: OpCatalog
) {
  import CallFlow.Tensor
  import ConstantConditions._
  import StateFlow.dataInputs

  private val serving = new ServingGraph(graph)
  private val flow = serving.flow
  private val calls = new CallFlow(serving)
  private val loading = serving.ofLoading
  private val fed = serving.signatures.values.flatMap(flow.fed).toSet
  private val known = mutable.Map.empty[Tensor, Option[Boolean]]

  /** The value of a boolean tensor, if every run has the same. */
  private def value(
      function: Option[String],
      tensor: String,
      steps: Int = Most
  ): Option[Boolean] =
    known.get((function, tensor)) match {
      case Some(found) => found
      case None if steps == 0 => None
      case None =>
        known((function, tensor)) = None // in case it depends on itself
        val found = computed(function, tensor, steps - 1)
        known((function, tensor)) = found
        found
    }

  private def computed(function: Option[String], tensor: String, steps: Int): Option[Boolean] =
    flow.find((function, ServingGraph.nodeOf(tensor))) match {
      case None =>
        val passed = calls.passed(function, tensor)
        // Later rounds of a loop have other values, and other callers may pass anything.
        val callers = function.toSeq.flatMap(serving.callsOf)
        if (
          !callers.forall { case (node, _) => calls.isCall(node) || CallFlow.Choosing(node.getOp) }
        ) None
        else one(passed.map { case (place, of) => value(place, of, steps) })
      case Some(node) if function.isEmpty && fed(node.getName) => None
      case Some(node) if calls.isCall(node) =>
        one(calls.returned(node, tensor).map { case (place, of) => value(place, of, steps) })
      case Some(node) =>
        val inputs = dataInputs(node)
        def of(input: Int) = inputs.lift(input).flatMap(value(function, _, steps))
        node.getOp match {
          case "Const" => constant(node)
          case "Identity" | "PlaceholderWithDefault" | "StopGradient" => of(0)
          case "Cast" if dtype(node, "DstT").contains(DataType.DT_BOOL) => of(0)
          case "LogicalNot" => of(0).map(!_)
          case "LogicalAnd" => decided(of(0), of(1), by = false)
          case "LogicalOr" => decided(of(0), of(1), by = true)
          case _ => None
        }
    }

  private def decided(one: Option[Boolean], other: Option[Boolean], by: Boolean) =
    if (one.contains(by) || other.contains(by)) Some(by)
    else if (one.isDefined && other.isDefined) Some(!by)
    else None

  private def one(values: Seq[Option[Boolean]]): Option[Boolean] =
    values.headOption.flatten.filter(value => values.forall(_.contains(value)))

  /** The graph without the branches that never run. */
  def decided: MetaGraphDef = {
    val builder = graph.toBuilder
    val nodes = builder.getGraphDefBuilder
    val (ofLoading, others) =
      nodes.getNodeList.asScala.toList.partition(node => loading.nodes(node.getName))
    val outputs = serving.signatures.values.flatMap(_.getOutputsMap.values.asScala).map(_.getName)
    val kept = new DecidedBranches(None, others, outputs, value(None, _))
    nodes.clearNode().addAllNode((ofLoading ++ kept.nodes.map(taken(None, _))).asJava)
    val library = nodes.getLibraryBuilder
    for ((function, index) <- library.getFunctionList.asScala.toList.zipWithIndex)
      if (!loading.functions(function.getSignature.getName)) {
        library.setFunction(index, decided(function))
      }
    builder.build()
  }

  private def decided(function: FunctionDef): FunctionDef = {
    val name = Option(function.getSignature.getName)
    val results = function.getRetMap.asScala
    val kept =
      new DecidedBranches(
        name,
        function.getNodeDefList.asScala.toSeq,
        results.values,
        value(name, _)
      )
    val builder = function.toBuilder.clearNodeDef()
    builder.addAllNodeDef(kept.nodes.map(taken(name, _)).asJava)
    for ((result, tensor) <- results) builder.putRet(result, kept.reference(tensor))
    builder.build()
  }

  /** Replaces a decided branch with a call of the function that runs. */
  private def taken(function: Option[String], node: NodeDef): NodeDef =
    Branches.get(node.getOp).flatMap { op =>
      value(function, node.getInput(0)).map { condition =>
        val branch = node.getAttrOrThrow(if (condition) "then_branch" else "else_branch")
        node.toBuilder
          .setOp(op)
          .clearInput()
          .addAllInput(node.getInputList.asScala.drop(1).asJava)
          .clearAttr()
          .putAttr("Tin", node.getAttrOrThrow("Tin"))
          .putAttr("Tout", node.getAttrOrThrow("Tout"))
          .putAttr("f", branch)
          .build()
      }
    }.getOrElse(node)
}

private[savedmodel] object ConstantConditions {

  /** A graph without the branches that constants exclude. */
  def decided(graph: MetaGraphDef)(implicit catalog: OpCatalog): MetaGraphDef =
    new ConstantConditions(graph).decided

  // Maximum steps to a constant. No real model has as many.
  private val Most = 500

  private val Branches =
    Map("If" -> "StatefulPartitionedCall", "StatelessIf" -> "PartitionedCall")

  private def dtype(node: NodeDef, attribute: String): Option[DataType] =
    Option(node.getAttrMap.get(attribute)).map(_.getType)

  // A boolean scalar, or whether a numeric scalar is not 0.
  private def constant(node: NodeDef): Option[Boolean] = {
    val tensor = node.getAttrOrThrow("value").getTensor
    if (tensor.getTensorShape.getDimCount > 0) None
    else if (tensor.getDtype == DataType.DT_BOOL) {
      if (tensor.getTensorContent.isEmpty) Some(tensor.getBoolValCount > 0 && tensor.getBoolVal(0))
      else Some(tensor.getTensorContent.byteAt(0) != 0)
    } else Scope.elements(tensor).map(_.exists(_ != 0))
  }
}
