package tfpredict.savedmodel

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.Rewrite
import tfpredict.savedmodel.rules.{Guards, NodeRule, Scope, Verdict}

/** What stands in the way of running a node. */
final private[savedmodel] case class Obstacle(
    node: NodeDef,
    function: Option[String],
    layer: Option[String],
    found: String,
    isForbidden: Boolean
) {
  override def toString: String = {
    val place = s"$found at node ${node.getName}${function.fold("")(f => s" in function $f")}"
    s"$place${layer.fold("")(l => s", of layer $l")}"
  }
}

/**
 * Makes single nodes ones that the runtime knows: by the [[rules.NodeRule]]s for ops and the
 * [[AttributeRule]]s for attributes. What no rule covers is an obstacle.
 */
final private[savedmodel] class NodeRewriter(
    serving: ServingGraph,
    registry: OpRegistry,
    exporter: OpRegistry,
    allowedOps: Set[String]
) {
  private val inGraph = serving.scope
  private val misplaced = new Misplaced(serving.functions.get)
  private val inFunctions = serving.functions.mapValues(Scope.of).map(identity)

  /** What stands in the way of a signature. */
  def obstacles(reach: Reach): Seq[Obstacle] = obstacles(reach, (_, _) => false)

  /** What stands in the way of loading, which may read the model's own files. */
  def ofLoading: Seq[Obstacle] =
    (obstacles(serving.ofRestoring, serving.files.isRestore) ++
      obstacles(serving.ofInitialising, serving.files.isTableOfAsset)).distinct

  private def obstacles(
      reach: Reach,
      isOwn: (NodeDef, Option[String]) => Boolean
  ): Seq[Obstacle] =
    reached(reach).flatMap { case (node, scope) => obstacle(node, scope, isOwn) }

  /** What [[rewrite]] changes, each change with the number of nodes it is made at. */
  def rewrites(reach: Reach): Seq[Rewrite] =
    reached(reach)
      .flatMap { case (node, scope) => changes(node, scope) }
      .groupBy(identity)
      .map { case (what, nodes) => Rewrite(what, nodes.size) }
      .toSeq
      .sortBy(_.what)

  private def reached(reach: Reach): Seq[(NodeDef, Scope)] = {
    val ofGraph = reach.nodes.toSeq.sorted.map(name => (serving.nodes(name), inGraph))
    val ofFunctions = for {
      name <- reach.functions.toSeq.sorted
      node <- serving.functions(name).getNodeDefList.asScala
    } yield (node, inFunctions(name))
    ofGraph ++ ofFunctions
  }

  private def changes(node: NodeDef, scope: Scope): Seq[String] =
    verdict(node, scope) match {
      case Verdict.Replace(_) => NodeRule.of(node.getOp).map(_.why).toSeq
      case _ => unknown(node).flatMap(name => dropping(node, name).map(_.name))
    }

  /** The nodes that take this one's place in the graph. It has no obstacle. */
  def rewrite(node: NodeDef): Seq[NodeDef] = rewrite(node, inGraph)

  def rewrite(function: FunctionDef): FunctionDef = {
    val scope = inFunctions(function.getSignature.getName)
    val builder = function.toBuilder
    builder.clearNodeDef()
    builder.addAllNodeDef(function.getNodeDefList.asScala.flatMap(rewrite(_, scope)).asJava)
    builder.build()
  }

  private def rewrite(node: NodeDef, scope: Scope): Seq[NodeDef] = {
    val nodes = verdict(node, scope) match {
      case Verdict.Replace(nodes) => Guards.around(nodes, scope)
      case _ =>
        val known = without(node, unknown(node))
        if (isCall(node)) Seq(known) else Guards.around(known, scope)
    }
    nodes.map(node => onDevice(without(node, NodeRewriter.OfTheRuntime)))
  }

  // A model is trained on devices that are not here: the CPU runs what has a kernel for it.
  private def onDevice(node: NodeDef): NodeDef =
    if (node.getDevice.isEmpty) node else node.toBuilder.clearDevice().build()

  private def without(node: NodeDef, attributes: Seq[String]): NodeDef = {
    val present = attributes.filter(node.containsAttr)
    if (present.isEmpty) node
    else {
      val builder = node.toBuilder
      present.foreach(builder.removeAttr)
      builder.build()
    }
  }

  private def obstacle(
      node: NodeDef,
      scope: Scope,
      isOwn: (NodeDef, Option[String]) => Boolean
  ): Option[Obstacle] = {
    def at(found: String, isForbidden: Boolean = false) =
      Some(Obstacle(node, scope.function, serving.layer(node, scope.function), found, isForbidden))
    val op = node.getOp
    // Which of the two would run is for the runtime to say.
    if (isCall(node) && registry.contains(op)) {
      at(s"op $op, whose name a function of the model has too,", isForbidden = true)
    } else if (isCall(node)) None
    else if (!mayRun(node) && !isOwn(node, scope.function)) {
      at(s"op $op, which ${ForbiddenOps.reason(node).get},", isForbidden = true)
    } else {
      registry.miscounted(node).fold(verdict(node, scope))(Verdict.Refuse) match {
        case Verdict.Refuse(why) => at(why)
        case Verdict.Replace(nodes) =>
          nodes
            .flatMap(node => registry.disallowed(node).orElse(MissingKernels.of(node)))
            .headOption
            .orElse(Guards.refusal(nodes, scope))
            .flatMap(at(_))
        case Verdict.Keep if !registry.contains(op) => at(s"op $op")
        case Verdict.Keep =>
          unknown(node)
            .find(!mayDrop(node, _))
            .map(name => s"attribute $name of op $op")
            .orElse(registry.disallowed(node))
            .orElse(MissingKernels.of(node))
            .orElse(Guards.refusal(node, scope))
            .orElse(misplaced.reason(node, scope).map(why => s"op $op $why"))
            .flatMap(at(_))
      }
    }
  }

  private def mayRun(node: NodeDef): Boolean =
    ForbiddenOps.reason(node).isEmpty || allowedOps(node.getOp)

  private def verdict(node: NodeDef, scope: Scope): Verdict =
    if (isCall(node)) Verdict.Keep
    else NodeRule.of(node.getOp).fold[Verdict](Verdict.Keep)(_(node, scope))

  private def mayDrop(node: NodeDef, attribute: String): Boolean =
    dropping(node, attribute).isDefined

  private def dropping(node: NodeDef, attribute: String): Option[AttributeRule] =
    AttributeRules.all.find(_.mayDrop(
      node,
      attribute,
      node.getAttrOrThrow(attribute),
      exporter
    ))

  // Attributes that the op does not have in the runtime. A leading underscore marks a hint, which
  // any op may have.
  private def unknown(node: NodeDef): Seq[String] =
    if (isCall(node)) Nil
    else {
      node.getAttrMap.keySet.asScala.toSeq.sorted
        .filterNot(name => name.startsWith("_") || registry.hasAttribute(node.getOp, name))
    }

  private def isCall(node: NodeDef): Boolean = serving.functions.contains(node.getOp)
}

private[savedmodel] object NodeRewriter {

  /** Of a model's nodes, for TensorFlow 1.15. */
  def of(graph: MetaGraphDef, serving: ServingGraph, allowedOps: Set[String]): NodeRewriter = {
    val exporter = new OpRegistry(graph.getMetaInfoDef.getStrippedOpList)
    new NodeRewriter(serving, OpRegistry.runtime, exporter, allowedOps)
  }

  /**
   * Attributes that the runtime reads of any op. The first names nodes on whose device a node shall
   * run: the runtime has one device, and refuses a name that no kept node has. With the others its
   * own rewriting lays one output over the memory of another; it does so without a check, and adds
   * them where it wants them.
   */
  private val OfTheRuntime = Seq("_class", "_scoped_allocator", "_forward_input")
}
