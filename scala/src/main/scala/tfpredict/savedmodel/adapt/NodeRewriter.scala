package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.engine.OpRegistry
import tfpredict.savedmodel.adapt.rules.{Guards, Rewriting, Scope, WiderOps}

/**
 * Rewrites single nodes for the runtime. [[rules.NodeRule]]s replace ops, and [[AttributeRule]]s
 * drop attributes. A node that no rule covers is an obstacle.
 */
final private[savedmodel] class NodeRewriter(
    serving: ServingGraph,
    exporter: OpRegistry,
    allowedOps: Set[String]
) {
  import serving.catalog
  private val registry = catalog.ops
  private val inGraph = serving.scope
  private val misplaced = new Misplaced(serving.functions.get)
  private val inFunctions = serving.functions.map { case (name, function) =>
    name -> Scope.of(function)
  }

  /** The obstacles to running a signature. */
  def obstacles(reach: Reach): Seq[Obstacle] = obstacles(reach, (_, _) => false)

  /** The obstacles to loading. Loading may read the model's own files. */
  def ofLoading: Seq[Obstacle] =
    (obstacles(serving.ofRestoring, serving.files.isRestore) ++
      obstacles(serving.ofInitialising, serving.files.isTableOfAsset)).distinct

  private def obstacles(
      reach: Reach,
      isOwn: (NodeDef, Option[String]) => Boolean
  ): Seq[Obstacle] =
    reached(reach).flatMap { case (node, scope) => obstacle(node, scope, isOwn) }

  /** The changes that [[rewrite]] makes, with the number of nodes of each. */
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

  private def changes(node: NodeDef, scope: Scope): Seq[String] = {
    val rewriting = rewritingOf(node, scope)
    val dropped = rewriting.nodes.flatMap { made =>
      unknown(made).flatMap(name => dropping(made, name).map(_.name))
    }
    val isWidened = rewriting.nodes.exists(made => widened(made, scope).nodes != Seq(made))
    val widening = if (isWidened) Seq(WiderOps.why) else Nil
    rewriting.rules.map(_.why).distinct ++ dropped ++ widening
  }

  /** The nodes that replace a node of the graph. The node must have no obstacle. */
  def rewrite(node: NodeDef): Seq[NodeDef] =
    inPlace(node, rewritingOf(node, inGraph), inGraph).flatMap(_.nodes)

  def rewrite(function: FunctionDef): FunctionDef =
    rewrite(function, inFunctions(function.getSignature.getName))

  private def rewrite(function: FunctionDef, scope: Scope): FunctionDef = {
    val nodes = function.getNodeDefList.asScala
    val rewritings = nodes.map(rewritingOf(_, scope))
    val rewritten = nodes.zip(rewritings).flatMap { case (node, made) =>
      inPlace(node, made, scope)
    }
    val ofWidening = rewritten.flatMap(_.renamed).toMap
    val ofRules = rewritings.flatMap(_.outputs).toMap
    val outputs = ofWidening ++ ofRules.mapValues(name => ofWidening.getOrElse(name, name))
    val builder = function.toBuilder.clearNodeDef().clearAttr()
    builder.addAllNodeDef(rewritten.flatMap(_.nodes).map(NodeRewriter.renamed(_, outputs)).asJava)
    function.getRetMap.asScala.foreach { case (name, reference) =>
      builder.putRet(name, outputs.getOrElse(reference, reference))
    }
    function.getAttrMap.asScala
      .filterKeys(!Placements.isOfDevice(_))
      .foreach { case (name, value) => builder.putAttr(name, value) }
    builder.build()
  }

  /** A node's replacements after all rules, with guards, device removal and widening. */
  private def inPlace(
      node: NodeDef,
      rewriting: Rewriting,
      scope: Scope
  ): Seq[WiderOps.Widened] = {
    val made = rewriting.nodes.map(node => without(node, unknown(node)))
    val guarded = if (isCall(node)) made else Guards.around(made, scope)
    guarded.map(Placements.without).map(untold).map(widened(_, scope))
  }

  // Newer versions declare shapes of unused outputs, and the runtime rejects those shapes.
  private def untold(node: NodeDef): NodeDef =
    if (node.getOp.startsWith("FusedBatchNormGrad")) without(node, Seq("_output_shapes")) else node

  private def widened(node: NodeDef, scope: Scope): WiderOps.Widened =
    Some(node)
      .filterNot(isCall)
      .flatMap(WiderOps.of(_, scope))
      .getOrElse(WiderOps.Widened(Seq(node)))

  /** Functions that the nodes of [[rewrite]] call and that the model lacks. */
  def added(reach: Reach): Seq[FunctionDef] =
    reached(reach)
      .flatMap { case (node, scope) => rewritingOf(node, scope).functions }
      .groupBy(_.getSignature.getName)
      .toSeq
      .sortBy(_._1)
      .map { case (_, same) => rewrite(same.head, Scope.of(same.head)) }

  // The scope that includes the nodes that rules made of one node.
  private def inner(node: NodeDef, made: Seq[NodeDef], scope: Scope): Scope =
    if (made == Seq(node)) scope else scope.and(made)

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
    // The runtime alone decides which of the two would run.
    if (isCall(node) && registry.contains(op)) {
      at(s"op $op, whose name a function of the model has too,", isForbidden = true)
    } else if (isCall(node)) None
    else if (!mayRun(node) && !isOwn(node, scope.function)) {
      at(s"op $op, which ${ForbiddenOps.reason(node).get},", isForbidden = true)
    } else {
      registry.miscounted(node) match {
        case Some(why) => at(why)
        case None =>
          val rewriting = rewritingOf(node, scope)
          val inside = inner(node, rewriting.nodes, scope)
          def called = rewriting.functions.flatMap { function =>
            function.getNodeDefList.asScala.flatMap(unrunnable(_, Scope.of(function)))
          }
          // A value that ends the process stays dangerous after a rule has moved it.
          def unfit = rewriting.nodes.filter(_ => rewriting.rules.nonEmpty).filterNot(mayRun)
          rewriting.refusal
            .orElse(taken(rewriting))
            .orElse(
              unfit.headOption.map(n => s"op ${n.getOp}, which ${ForbiddenOps.reason(n).get},")
            )
            .orElse(rewriting.nodes.flatMap(unrunnable(_, inside)).headOption)
            .orElse(called.headOption)
            .orElse(misplaced.reason(node, scope).map(why => s"op $op $why"))
            .flatMap(at(_))
      }
    }
  }

  // If two functions share a name, the runtime uses only one.
  private def taken(rewriting: Rewriting): Option[String] =
    rewriting.functions
      .map(_.getSignature.getName)
      .find(serving.functions.contains)
      .map(name => s"a function called $name, a name that the adapter needs,")

  // The reason why the runtime cannot run a node without a rule, in words.
  private def unrunnable(node: NodeDef, scope: Scope): Option[String] =
    if (!registry.contains(node.getOp)) Some(s"op ${node.getOp}")
    else {
      unknown(node)
        .find(!mayDrop(node, _))
        .map(name => s"attribute $name of op ${node.getOp}")
        .orElse(missing(node, scope))
        .orElse(Guards.refusal(node, scope))
    }

  private def missing(node: NodeDef, scope: Scope): Option[String] =
    widened(node, scope).nodes
      .flatMap(node => registry.disallowed(node).orElse(MissingKernels.of(node)))
      .headOption

  private def mayRun(node: NodeDef): Boolean =
    ForbiddenOps.reason(node).isEmpty || allowedOps(node.getOp)

  private def rewritingOf(node: NodeDef, scope: Scope): Rewriting =
    if (isCall(node)) Rewriting.kept(node) else Rewriting.of(node, scope)

  private def mayDrop(node: NodeDef, attribute: String): Boolean =
    dropping(node, attribute).isDefined

  private def dropping(node: NodeDef, attribute: String): Option[AttributeRule] =
    AttributeRules.all.find(_.mayDrop(
      node,
      attribute,
      node.getAttrOrThrow(attribute),
      exporter
    ))

  // Attributes that the runtime's op lacks. A leading underscore marks a hint, which any op may
  // have.
  private def unknown(node: NodeDef): Seq[String] =
    if (isCall(node)) Nil
    else {
      node.getAttrMap.keySet.asScala.toSeq.sorted
        .filterNot(name => name.startsWith("_") || registry.hasAttribute(node.getOp, name))
    }

  private def isCall(node: NodeDef): Boolean = serving.functions.contains(node.getOp)
}

private[savedmodel] object NodeRewriter {

  def of(graph: MetaGraphDef, serving: ServingGraph, allowedOps: Set[String]): NodeRewriter = {
    val exporter = new OpRegistry(graph.getMetaInfoDef.getStrippedOpList)
    new NodeRewriter(serving, exporter, allowedOps)
  }

  /** A function's node with its inputs changed to the new outputs of replaced nodes. */
  private def renamed(node: NodeDef, outputs: Map[String, String]): NodeDef =
    if (outputs.isEmpty || !node.getInputList.asScala.exists(outputs.contains)) node
    else {
      val inputs = node.getInputList.asScala.map(input => outputs.getOrElse(input, input))
      node.toBuilder.clearInput().addAllInput(inputs.asJava).build()
    }
}
