package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.engine.OpRegistry
import tfpredict.savedmodel.adapt.rules.{Guards, Rewriting, Scope, WiderOps}

/**
 * Makes single nodes ones that the runtime knows: by the [[rules.NodeRule]]s for ops and the
 * [[AttributeRule]]s for attributes. What no rule covers is an obstacle.
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

  private def changes(node: NodeDef, scope: Scope): Seq[String] = {
    val rewriting = rewritingOf(node, scope)
    val dropped = rewriting.nodes.flatMap { made =>
      unknown(made).flatMap(name => dropping(made, name).map(_.name))
    }
    val isWidened = rewriting.nodes.exists(made => widened(made, scope).nodes != Seq(made))
    val widening = if (isWidened) Seq(WiderOps.why) else Nil
    rewriting.rules.map(_.why).distinct ++ dropped ++ widening
  }

  /** The nodes that take this one's place in the graph. It has no obstacle. */
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

  /** What stands in a node's place at last, where the rules had their say. */
  private def inPlace(
      node: NodeDef,
      rewriting: Rewriting,
      scope: Scope
  ): Seq[WiderOps.Widened] = {
    val made = rewriting.nodes.map(node => without(node, unknown(node)))
    val guarded = if (isCall(node)) made else Guards.around(made, scope)
    guarded.map(Placements.without).map(untold).map(widened(_, scope))
  }

  // Of outputs that nothing takes newer versions tell shapes that the runtime refuses.
  private def untold(node: NodeDef): NodeDef =
    if (node.getOp.startsWith("FusedBatchNormGrad")) without(node, Seq("_output_shapes")) else node

  private def widened(node: NodeDef, scope: Scope): WiderOps.Widened =
    Some(node)
      .filterNot(isCall)
      .flatMap(WiderOps.of(_, scope))
      .getOrElse(WiderOps.Widened(Seq(node)))

  /** The functions that [[rewrite]]'s nodes call beside the model's own. */
  def added(reach: Reach): Seq[FunctionDef] =
    reached(reach)
      .flatMap { case (node, scope) => rewritingOf(node, scope).functions }
      .groupBy(_.getSignature.getName)
      .toSeq
      .sortBy(_._1)
      .map { case (_, same) => rewrite(same.head, Scope.of(same.head)) }

  // Where the nodes stand that rules made of one.
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
    // Which of the two would run is for the runtime to say.
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
          // A value that ends the process does so also where a rule put it in another order.
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

  // Of two functions of one name the runtime takes one.
  private def taken(rewriting: Rewriting): Option[String] =
    rewriting.functions
      .map(_.getSignature.getName)
      .find(serving.functions.contains)
      .map(name => s"a function called $name, a name that the adapter needs,")

  // Why the runtime cannot run a node that no rule replaces, in words.
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

  def of(graph: MetaGraphDef, serving: ServingGraph, allowedOps: Set[String]): NodeRewriter = {
    val exporter = new OpRegistry(graph.getMetaInfoDef.getStrippedOpList)
    new NodeRewriter(serving, exporter, allowedOps)
  }

  /** A function's node, whose inputs are other outputs of replaced nodes now. */
  private def renamed(node: NodeDef, outputs: Map[String, String]): NodeDef =
    if (outputs.isEmpty || !node.getInputList.asScala.exists(outputs.contains)) node
    else {
      val inputs = node.getInputList.asScala.map(input => outputs.getOrElse(input, input))
      node.toBuilder.clearInput().addAllInput(inputs.asJava).build()
    }
}
