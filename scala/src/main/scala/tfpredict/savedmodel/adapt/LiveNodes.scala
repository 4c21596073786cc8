package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.engine.OpCatalog

/**
 * Removes nodes of the signatures' functions that reach no output. Examples are image augmentation
 * that only training uses, the counter of unused random numbers, and a variable that is never read.
 * Nodes with other effects stay: assertions, prints, queues, iterators.
 *
 * A TensorFlow 2 function lists all its stateful nodes as effects, so the runtime runs them even if
 * no output needs them. The runtime must also know each op of a function, even of nodes that it
 * never runs.
 */
final private[savedmodel] class LiveNodes(graph: MetaGraphDef)(implicit catalog: OpCatalog) {
  import LiveNodes._
  import StateFlow.{Place, controlInputs, dataInputs}

  private val serving = new ServingGraph(graph)
  private val flow = serving.flow
  private val beside = new Effects(graph, serving)
  private val loading = serving.ofLoading
  private val reach =
    serving.signatures.values.map(serving.ofSignature).foldLeft(Reach(Set.empty, Set.empty))(_ ++ _)
  private val run = serving.places(reach)
  private val fed = serving.signatures.values.map(flow.fed).reduceOption(_ & _).getOrElse(Set.empty)

  private val effects: Set[Place] = {
    val stateful = run.filter(flow.find(_).exists(beside.isEffect))
    val (writes, others) =
      stateful.partition(flow.find(_).exists(node => StatefulOps.isWrite(node.getOp)))
    // The reads decide which writes count. Those writes may need further reads.
    @scala.annotation.tailrec
    def grow(kept: Set[Place]): Set[Place] = {
      val read = flow.read(serving.valuesOfAll ++ flow.reaching(kept, fed))
      val more = writes.filter(place =>
        serving.valuesOfAll(place) || flow.isRead(flow.written(place), read)
      )
      if (more.subsetOf(kept)) kept else grow(kept ++ more)
    }
    grow(others)
  }

  // Functions with an effect of their own, or of a function that they call.
  private val effective: Set[String] = {
    val found = mutable.LinkedHashSet.empty[String]
    val pending = mutable.ArrayStack[String]()
    pending ++= effects.flatMap(_._1)
    while (pending.nonEmpty) {
      val name = pending.pop()
      if (found.add(name)) pending ++= serving.callsOf(name).flatMap(_._2)
    }
    found.toSet
  }

  private val live: Set[Place] = {
    val reached = mutable.LinkedHashSet.empty[Place]
    val pending = mutable.ArrayStack[Place]()
    pending ++= serving.signatures.values.toSeq.flatMap(flow.outputs(_))
    pending ++= effects
    pending ++= run.filter(flow.find(_).exists(serving.called(_).exists(effective)))
    while (pending.nonEmpty) {
      val place = pending.pop()
      flow.find(place).filter(_ => reached.add(place)).foreach { node =>
        pending ++= flow.neededBy(place._1, node)
        pending ++= controlInputs(node).map((place._1, _)).filterNot(isIdle)
      }
    }
    reached.toSet
  }

  /** The graph without dead nodes. Nodes that loading runs are unchanged. */
  def pruned: MetaGraphDef =
    if (run.forall(live)) graph
    else {
      val builder = graph.toBuilder
      val nodes = builder.getGraphDefBuilder
      for ((node, index) <- graph.getGraphDef.getNodeList.asScala.zipWithIndex)
        if (live((None, node.getName)) && !loading.nodes(node.getName))
          nodes.setNode(index, relinked(None, node))
      val library = nodes.getLibraryBuilder
      for ((function, index) <- library.getFunctionList.asScala.toList.zipWithIndex) {
        val name = function.getSignature.getName
        if (reach.functions(name) && !loading.functions(name)) {
          library.setFunction(index, pruned(function))
        }
      }
      builder.build()
    }

  private def pruned(function: FunctionDef): FunctionDef = {
    val name = Option(function.getSignature.getName)
    val builder = function.toBuilder
    builder.clearNodeDef()
    function.getNodeDefList.asScala
      .filter(node => live((name, node.getName)))
      .foreach(node => builder.addNodeDef(relinked(name, node)))
    for ((effect, node) <- function.getControlRetMap.asScala if !live((name, node)))
      builder.removeControlRet(effect)
    val left = builder.getControlRetMap.keySet
    builder.getSignatureBuilder
      .clearControlOutput()
      .addAllControlOutput(
        function.getSignature.getControlOutputList.asScala.filter(left.contains).asJava
      )
    builder.build()
  }

  // The node then waits for the nodes that its removed inputs waited for.
  private def relinked(function: Option[String], node: NodeDef): NodeDef = {
    val controls = controlInputs(node)
    if (controls.forall(name => live((function, name)))) node
    else {
      val kept = mutable.LinkedHashSet.empty[String]
      val seen = mutable.Set.empty[String]
      val pending = mutable.ArrayStack[String]()
      pending ++= controls
      while (pending.nonEmpty) {
        val name = pending.pop()
        if (seen.add(name)) {
          val found = flow.find((function, name))
          if (live((function, name))) {
            // Some outputs of these nodes may never come.
            if (controls.contains(name) || !found.exists(next => Branching(next.getOp)))
              kept += name
          } else pending ++= found.toSeq.flatMap(_.getInputList.asScala.map(ServingGraph.nodeOf))
        }
      }
      // A function's argument is not a node, so nothing can wait for it.
      val waits = kept.filter(name => flow.find((function, name)).isDefined).map(name => s"^$name")
      node.toBuilder.clearInput().addAllInput((dataInputs(node) ++ waits).asJava).build()
    }
  }

  // Whether a node does nothing if it is waited for but its outputs are unused.
  private def isIdle(place: Place): Boolean = flow.find(place).exists { node =>
    val called = serving.called(node)
    if (called.nonEmpty) !called.exists(effective)
    else beside.isStateful(node.getOp) && !effects(place)
  }
}

private[savedmodel] object LiveNodes {

  /** A graph without the nodes that its signatures do not need. */
  def of(graph: MetaGraphDef)(implicit catalog: OpCatalog): MetaGraphDef =
    new LiveNodes(graph).pruned

  private val Branching =
    Set("Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "Exit", "NextIteration", "LoopCond")
}
