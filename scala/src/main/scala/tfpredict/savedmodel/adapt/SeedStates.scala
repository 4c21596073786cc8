package tfpredict.savedmodel.adapt

import scala.collection.JavaConverters._
import scala.collection.mutable

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64}
import org.tensorflow.framework.{FunctionDef, MetaGraphDef, NodeDef}

import tfpredict.engine.OpCatalog
import tfpredict.savedmodel.adapt.rules.Fragment.kind
import tfpredict.savedmodel.adapt.rules.{Fragment, Scope}

/**
 * Draws seeds with the runtime's own generator, if the model takes them from a state that each run
 * advances. Such a state belongs to a Keras `SeedGenerator` or a `tf.random.Generator`. It
 * guarantees no particular numbers, and runs that share a session would advance it in any order.
 * Afterwards nothing reads the state, and [[LiveNodes]] removes the nodes that advance it.
 *
 * A state counts if a signature writes it, and if its value reaches outputs only as a seed.
 */
final private[savedmodel] class SeedStates(graph: MetaGraphDef)(implicit catalog: OpCatalog) {
  import CallFlow.Tensor
  import SeedStates._
  import StateFlow.{Place, dataInputs}

  private val serving = new ServingGraph(graph)
  private val flow = serving.flow
  private val calls = new CallFlow(serving)

  private val run: Set[Place] =
    serving.signatures.values.flatMap(of => serving.places(serving.ofSignature(of))).toSet --
      serving.places(serving.ofLoading)

  private val seeds: Set[String] = {
    val written =
      run.filter(flow.find(_).exists(node => StatefulOps.isWrite(node.getOp))).flatMap(flow.written)
    if (written.isEmpty) Set.empty
    else {
      val values = readAsValues
      if (values(StateFlow.Unknown)) Set.empty else written - StateFlow.Unknown -- values
    }
  }

  private def readAsValues: Set[String] = {
    val beside = new Effects(graph, serving)
    val effects = for {
      place <- run.toSeq
      node <- flow.find(place).toSeq
      if beside.isEffect(node) && !StatefulOps.isWrite(node.getOp)
      input <- dataInputs(node)
    } yield (place._1, input)
    val outputs = serving.signatures.values.toSeq
      .flatMap(_.getOutputsMap.values.asScala)
      .map(output => (Option.empty[String], output.getName))
    flow.read(reaching(outputs ++ effects).flatMap {
      case (function, tensor) =>
        Some((function, ServingGraph.nodeOf(tensor))).filter(flow.find(_).isDefined)
    })
  }

  private def reaching(tensors: Seq[Tensor]): Set[Tensor] = {
    val reached = mutable.Set.empty[Tensor]
    val pending = mutable.ArrayStack[Tensor](tensors: _*)
    while (pending.nonEmpty) {
      val tensor = pending.pop()
      if (reached.add(tensor)) pending ++= madeOf(tensor)
    }
    reached.toSet
  }

  // The sources of a tensor, without seeds.
  private def madeOf(tensor: Tensor): Seq[Tensor] = {
    val (function, name) = tensor
    flow.find((function, ServingGraph.nodeOf(name))) match {
      case None => calls.passed(function, name)
      case Some(node) =>
        val inputs = dataInputs(node).map((function, _))
        val called = serving.called(node)
        val deciding = flow.deciding(function, node)
        deciding ++ (if (called.isEmpty) {
                       val seeds = Seeds.getOrElse(node.getOp, Set.empty[Int])
                       inputs.zipWithIndex.filterNot(input => seeds(input._2)).map(_._1)
                     } else if (calls.isCall(node)) {
                       calls.returned(node, name)
                     } else if (CallFlow.Choosing(node.getOp)) {
                       inputs.head +: calls.returned(node, name)
                     } else if (CallFlow.Loops(node.getOp)) {
                       // The loop's condition is the first result of a function.
                       calls.returned(node, node.getName) ++ calls.returned(node, name) ++
                         calls.begins(node, name).map((function, _))
                     } else {
                       inputs ++ called.flatMap { of =>
                         serving.functions(of).getRetMap.values.asScala.map((Option(of), _))
                       }
                     })
    }
  }

  /** Reads of such states, and the nodes that replace each. */
  private val drawn: Map[Place, Seq[NodeDef]] =
    if (seeds.isEmpty) Map.empty
    else {
      val found = for {
        place <- run.toSeq
        node <- flow.find(place).toSeq
        if Reads(node.getOp)
        states = flow.states(place, 0)
        if states.nonEmpty && states.subsetOf(seeds)
        variable <- serving.nodes.values.find { of =>
          of.getOp == "VarHandleOp" && states(serving.identify(of))
        }
        scope = place._1.fold(serving.scope)(name => Scope.of(serving.functions(name)))
        nodes <- draw(node, variable, scope)
      } yield place -> nodes
      found.toMap
    }

  private def draw(node: NodeDef, variable: NodeDef, scope: Scope): Option[Seq[NodeDef]] = {
    val dtype = variable.getAttrOrThrow("dtype").getType
    val shape = variable.getAttrOrThrow("shape").getShape
    val dims = shape.getDimList.asScala.map(_.getSize.toInt)
    if (shape.getUnknownRank || dims.exists(_ < 0) || !Set(DT_INT32, DT_INT64)(dtype)) None
    else {
      val make = new Fragment(node, scope)
      def bound(value: Int) = if (dtype == DT_INT32) make.int(value) else make.long(value.toLong)
      val drawn =
        make.finish("RandomUniformInt", make.ints(dims.toSeq: _*), bound(0), bound(Int.MaxValue))(
          "T" -> kind(DT_INT32),
          "Tout" -> kind(dtype)
        )
      Some(drawn.nodes)
    }
  }

  /** The graph with these seeds drawn. */
  def redrawn: MetaGraphDef =
    if (drawn.isEmpty) graph
    else {
      val builder = graph.toBuilder
      val nodes = builder.getGraphDefBuilder
      val all = nodes.getNodeList.asScala.toList
      nodes.clearNode()
      nodes.addAllNode(all.flatMap(inPlace(None, _)).asJava)
      val library = nodes.getLibraryBuilder
      for ((function, index) <- library.getFunctionList.asScala.toList.zipWithIndex)
        if (drawn.keys.exists(_._1.contains(function.getSignature.getName))) {
          library.setFunction(index, redrawn(function))
        }
      builder.build()
    }

  private def inPlace(function: Option[String], node: NodeDef): Seq[NodeDef] =
    drawn.getOrElse((function, node.getName), Seq(node))

  private def redrawn(function: FunctionDef): FunctionDef = {
    val name = Option(function.getSignature.getName)
    // The output `value` of the read is now called `output`.
    def renamed(input: String) = input.split(':') match {
      case Array(node, "value", index) if drawn.contains((name, node)) => s"$node:output:$index"
      case _ => input
    }
    val builder = function.toBuilder.clearNodeDef()
    function.getNodeDefList.asScala.flatMap(inPlace(name, _)).foreach { node =>
      val inputs = node.getInputList.asScala.map(renamed)
      builder.addNodeDef(node.toBuilder.clearInput().addAllInput(inputs.asJava))
    }
    for ((result, tensor) <- function.getRetMap.asScala) builder.putRet(result, renamed(tensor))
    builder.build()
  }
}

private[savedmodel] object SeedStates {

  /** A graph that draws the seeds of such states. */
  def redrawn(graph: MetaGraphDef)(implicit catalog: OpCatalog): MetaGraphDef =
    new SeedStates(graph).redrawn

  private val Reads = Set("ReadVariableOp", "RngReadAndSkip")

  /** Inputs of an op that are seeds, or keys and counters made from seeds. */
  private val Seeds: Map[String, Set[Int]] = {
    val ofSeeds = Set(
      "StatelessRandomUniform",
      "StatelessRandomUniformInt",
      "StatelessRandomUniformFullInt",
      "StatelessRandomNormal",
      "StatelessTruncatedNormal",
      "StatelessRandomGammaV2",
      "StatelessRandomBinomial",
      "StatelessRandomPoisson",
      "RandomIndexShuffle"
    )
    val ofKeys = Set(
      "StatelessRandomUniformV2",
      "StatelessRandomUniformIntV2",
      "StatelessRandomUniformFullIntV2",
      "StatelessRandomNormalV2",
      "StatelessTruncatedNormalV2",
      "StatelessRandomGammaV3"
    )
    ofSeeds.map(_ -> Set(1)).toMap ++ ofKeys.map(_ -> Set(1, 2)) +
      ("StatelessMultinomial" -> Set(2)) +
      ("StatelessRandomGetKeyCounter" -> Set(0)) +
      ("StatelessRandomGetKeyCounterAlg" -> Set(0))
  }
}
