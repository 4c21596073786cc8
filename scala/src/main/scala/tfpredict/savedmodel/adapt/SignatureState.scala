package tfpredict.savedmodel.adapt

import scala.annotation.tailrec

import org.tensorflow.framework.{NodeDef, SignatureDef}

/**
 * Finds everything that a signature's outputs depend on besides its inputs: random numbers, and
 * variables that a signature itself writes. Values that cannot reach an output do not count.
 *
 * @param outputs
 *   names of the requested outputs; an empty list means all
 */
final private[savedmodel] class SignatureState(
    serving: ServingGraph,
    signature: SignatureDef,
    outputs: Seq[String]
) {
  import SignatureState._
  import StateFlow.{Place, dataInputs}
  import serving.catalog

  private val flow = serving.flow
  private val fed = flow.fed(signature)

  private val values: Set[Place] =
    flow.reaching(flow.outputs(signature, outputs.isEmpty || outputs.contains(_)), fed)

  private val run = serving.places(serving.ofSignature(signature))

  // Nodes that decide whether a run fails.
  private val judged: Set[Place] = {
    val asserting = run.filter(flow.find(_).exists(_.getOp == "Assert"))
    flow.reaching(asserting ++ deciding(asserting.flatMap(_._1)), fed)
  }

  // Nodes that decide whether functions run, and with which values. The functions' callers decide
  // both, and a caller may be a condition.
  private def deciding(functions: Set[String]): Set[Place] = {
    @tailrec def grow(places: Set[Place], pending: Set[String], seen: Set[String]): Set[Place] =
      if (pending.isEmpty) places
      else {
        val calls = pending.flatMap(serving.callsOf).filter { case (node, place) =>
          run((place, node.getName))
        }
        val more = calls.flatMap { case (node, place) =>
          // The loop's own functions decide the number of its rounds.
          if (Loops(node.getOp)) Seq((place, node.getName))
          else dataInputs(node).map(input => (place, ServingGraph.nodeOf(input)))
        }
        grow(places ++ more, calls.flatMap(_._2) -- seen, seen ++ pending)
      }
    grow(Set.empty, functions, functions)
  }

  /** A node that draws random numbers, if they reach an output or decide whether the run fails. */
  def random: Option[Place] = sorted(values ++ judged).find(place =>
    flow.find(place).exists(node => StatefulOps.isRandom(node) || drawsForRows(place._1, node))
  )

  // Whether a seeded draw depends on the batch. A constant seed gives the same numbers, but the
  // shape may be the batch's, or each row of a batch may draw. A row's numbers then depend on its
  // place in the batch.
  private def drawsForRows(function: Option[String], node: NodeDef): Boolean =
    StatefulOps.isStateless(node.getOp) &&
      dataInputs(node).headOption.exists(shape => !flow.isConstant(function, shape))

  /** Nodes that write a state, if an output of this or another signature depends on the state. */
  def writes: Seq[(NodeDef, Option[String])] = {
    val writing =
      sorted(run.filter(flow.find(_).exists(node => StatefulOps.isWrite(node.getOp))))
    if (writing.isEmpty) Nil
    else {
      val read = flow.read(values ++ judged ++ serving.valuesOfAll)
      writing
        .filter(place => values(place) || flow.isRead(flow.written(place), read))
        .flatMap(place => flow.find(place).map(_ -> place._1))
    }
  }

  /**
   * Nodes that use a shared iterator: they fill one, or take an element from one for an output. Its
   * elements go to the first run that asks. Or the iterator is deleted before it is filled, and
   * that ends the process.
   */
  def iterators: Seq[(NodeDef, Option[String])] = {
    val nodes = run.toSeq.flatMap(place => flow.find(place).map(place -> _))
    val (anonymous, shared) = nodes
      .filter { case (_, node) => catalog.classes.kindOf(node.getOp).contains("iterator") }
      .partition(_._2.getOp.startsWith("Anonymous"))
    // The handle comes with a deleter, which deletes the iterator once nothing holds it.
    val held = nodes.filter(_._2.getOp == "DeleteIterator").flatMap { case (place, node) =>
      dataInputs(node).lift(1).map(input => (place._1, ServingGraph.nodeOf(input)))
    }.toSet
    val (own, deleted) = anonymous.partition { case (place, _) => held(place) }
    def names(found: Seq[(Place, NodeDef)]) = found.map { case (_, node) => serving.identify(node) }
    val ofOneRun = names(own).toSet -- names(deleted ++ shared)
    sorted(run).flatMap { place =>
      flow.find(place).filter {
        _.getOp match {
          case "MakeIterator" => flow.states(place, 1).exists(names(deleted).contains)
          case op if op.startsWith("IteratorGetNext") =>
            (values(place) || judged(place)) && !flow.states(place, 0).subsetOf(ofOneRun)
          case _ => false
        }
      }.map(_ -> place._1)
    }
  }

  /** Nodes that write into memory that the next run reads. */
  def inplace: Seq[(NodeDef, Option[String])] = new InplaceWrites(serving).among(sorted(run))

  /** Placeholders that an output needs but the signature does not feed. */
  def unfed: Seq[NodeDef] =
    sorted(values)
      .collect { case place @ (None, _) => place }
      .flatMap(flow.find)
      .filter(node => Placeholders(node.getOp) && !fed(node.getName))

  /** Tables that an output reads but nothing fills. */
  def empty: Seq[NodeDef] = {
    val reading = (values ++ judged).filter(flow.find(_).exists(node => isLookup(node.getOp)))
    val read = flow.read(reading)
    val filling = serving.places(serving.ofLoading) ++ run
    val filled =
      filling.filter(flow.find(_).exists(node => isFilling(node.getOp))).flatMap(flow.written)
    sorted(serving.places(serving.ofSignature(signature)))
      .flatMap(flow.find)
      .filter { node =>
        Tables(node.getOp) && read(serving.identify(node)) &&
        !flow.isRead(filled, Set(serving.identify(node)))
      }
  }

  private def sorted(places: Set[Place]): Seq[Place] =
    places.toSeq.sortBy { case (function, name) => (function.getOrElse(""), name) }
}

private object SignatureState {
  private val Placeholders = Set("Placeholder", "PlaceholderV2")

  // Other kinds of tables can be written during a run, and are empty before.
  private val Tables = Set("HashTable", "HashTableV2")

  private def isLookup(op: String): Boolean = op.startsWith("LookupTable")

  private val Loops = Set("While", "StatelessWhile")

  private def isFilling(op: String): Boolean =
    op.startsWith("InitializeTable") || op.startsWith("LookupTableImport")
}
