package tfpredict.savedmodel.adapt

import scala.annotation.tailrec
import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{AttrValue, FunctionDef, MetaGraphDef, NodeDef, SignatureDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.Scope
import tfpredict.savedmodel.format.SavedModelFile

/**
 * The nodes and library functions that some nodes reach, including those that the functions call.
 *
 * @param nodes
 *   names of the graph's nodes
 * @param functions
 *   names of the library's functions
 */
final private[savedmodel] case class Reach(nodes: Set[String], functions: Set[String]) {
  def ++(other: Reach): Reach = Reach(nodes ++ other.nodes, functions ++ other.functions)
}

/** Follows a graph from the serving tensors back to everything that they need. */
final private[savedmodel] class ServingGraph(graph: MetaGraphDef)(implicit val catalog: OpCatalog) {
  import ServingGraph.nodeOf

  val nodes: Map[String, NodeDef] =
    graph.getGraphDef.getNodeList.asScala.map(node => node.getName -> node).toMap

  val functions: Map[String, FunctionDef] =
    graph.getGraphDef.getLibrary.getFunctionList.asScala
      .map(function => function.getSignature.getName -> function)
      .toMap

  /** The nodes of each function, by name. */
  lazy val bodies: Map[String, Map[String, NodeDef]] = functions.map { case (name, function) =>
    name -> function.getNodeDefList.asScala.map(node => node.getName -> node).toMap
  }

  /** The signatures that a user can run. */
  val signatures: Map[String, SignatureDef] = SavedModelFile.signatureDefs(graph)

  val scope: Scope = Scope.of(
    graph.getGraphDef,
    signatures.values.toSeq.flatMap(_.getOutputsMap.values.asScala.map(_.getName))
  )

  /** The files that loading may read. */
  val files: LoadingFiles = new LoadingFiles(graph, this)

  /**
   * The layer that a node comes from. Layers put their names before their nodes' names, separated
   * by slashes. The nodes of a branch or a loop's body may lack such names. They belong to the
   * layer of the node that runs them.
   */
  def layer(node: NodeDef, function: Option[String]): Option[String] = {
    @tailrec def of(node: NodeDef, function: Option[String], seen: Set[String]): Option[String] = {
      val slash = node.getName.lastIndexOf('/')
      if (slash > 0) Some(node.getName.take(slash))
      else {
        function.filterNot(seen).flatMap(name => callers.get(name).map(name -> _)) match {
          case Some((name, (caller, place))) => of(caller, place, seen + name)
          case None => None
        }
      }
    }
    of(node, function, Set.empty)
  }

  /** One node that runs each function, and the function that contains this node. */
  private lazy val callers: Map[String, (NodeDef, Option[String])] =
    calls.map { case (name, found) => name -> found.last }

  /** All nodes that run a function, each with the function that contains it. */
  def callsOf(function: String): Seq[(NodeDef, Option[String])] = calls.getOrElse(function, Nil)

  private lazy val calls: Map[String, Seq[(NodeDef, Option[String])]] = {
    val all = nodes.values.toSeq.map(_ -> Option.empty[String]) ++
      functions.toSeq.flatMap { case (name, body) =>
        body.getNodeDefList.asScala.map(_ -> Option(name))
      }
    all
      .flatMap { case (node, place) => called(node).map(_ -> ((node, place))) }
      .groupBy(_._1)
      .map { case (name, found) => name -> found.map(_._2) }
  }

  /** The identity of a variable or table: nodes with the same shared name are one variable. */
  def identify(node: NodeDef): String =
    Option(node.getAttrMap.get("shared_name"))
      .map(_.getS.toStringUtf8)
      .filter(_.nonEmpty)
      .getOrElse(node.getName)

  /** The values that reach a tensor, and the states that they come from. */
  lazy val flow: StateFlow = new StateFlow(this)

  /** Nodes whose values reach an output of any signature. */
  lazy val valuesOfAll: Set[StateFlow.Place] =
    signatures.values.toSeq
      .flatMap(signature => flow.reaching(flow.outputs(signature), flow.fed(signature)))
      .toSet

  /** The places of all reachable nodes. */
  def places(reach: Reach): Set[StateFlow.Place] =
    reach.nodes.map(name => (Option.empty[String], name)) ++ reach.functions.flatMap { name =>
      functions(name).getNodeDefList.asScala.map(node => (Option(name), node.getName))
    }

  /** The nodes that a signature runs. */
  def ofSignature(signature: SignatureDef): Reach =
    from(
      (signature.getInputsMap.values.asScala ++ signature.getOutputsMap.values.asScala)
        .map(_.getName)
    )

  /** The nodes that loading runs. */
  lazy val ofLoading: Reach = ofRestoring ++ ofInitialising

  /**
   * The nodes that restore the variables. The save function is not included, although it uses the
   * same file name tensor.
   */
  lazy val ofRestoring: Reach = {
    val saver = graph.getSaverDef
    from(Seq(saver.getRestoreOpName, saver.getFilenameTensorName).filter(_.nonEmpty))
  }

  /** The nodes that fill the tables. */
  lazy val ofInitialising: Reach = {
    val assets = graph.getAssetFileDefList.asScala.map(_.getTensorInfo.getName)
    val signatures = Option(graph.getSignatureDefMap.get(SavedModelFile.InitSignature)).toSeq
      .flatMap(_.getOutputsMap.values.asScala.map(_.getName))
    val collections = EarlierForms.InitCollections
      .flatMap(key => Option(graph.getCollectionDefMap.get(key)))
      .flatMap(_.getNodeList.getValueList.asScala)
    from(assets ++ signatures ++ collections)
  }

  /** Whether loading restores variables from the model's `variables` folder. */
  def restores: Boolean = graph.getSaverDef.getRestoreOpName.nonEmpty

  private def from(tensors: Iterable[String]): Reach = {
    val reached = mutable.LinkedHashSet.empty[String]
    val called = mutable.LinkedHashSet.empty[String]
    val pending = mutable.ArrayStack[String]()
    pending ++= tensors.map(nodeOf)
    while (pending.nonEmpty) {
      val name = pending.pop()
      nodes.get(name).filter(_ => reached.add(name)).foreach { node =>
        call(node, called)
        pending ++= node.getInputList.asScala.map(nodeOf)
      }
    }
    Reach(reached.toSet, called.toSet)
  }

  private def call(caller: NodeDef, called: mutable.Set[String]): Unit = {
    val pending = mutable.ArrayStack[NodeDef](caller)
    while (pending.nonEmpty) {
      val node = pending.pop()
      this.called(node).filter(called.add).foreach { name =>
        pending ++= functions(name).getNodeDefList.asScala
      }
    }
  }

  /** The library functions that a node runs. */
  def called(node: NodeDef): Seq[String] =
    (node.getOp +: node.getAttrMap.values.asScala.toSeq.flatMap(functionsIn)).filter(
      functions.contains
    )

  private def functionsIn(value: AttrValue): Seq[String] =
    (if (value.hasFunc) Seq(value.getFunc) else value.getList.getFuncList.asScala).flatMap {
      function => function.getName +: function.getAttrMap.values.asScala.toSeq.flatMap(functionsIn)
    }.toSeq
}

private[savedmodel] object ServingGraph {

  /** The node's name: `name`, `name:0` and `^name` all belong to the node `name`. */
  def nodeOf(tensor: String): String = {
    val name = tensor.stripPrefix("^")
    val colon = name.indexOf(':')
    if (colon < 0) name else name.substring(0, colon)
  }
}
