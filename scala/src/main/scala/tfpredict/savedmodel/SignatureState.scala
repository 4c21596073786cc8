package tfpredict.savedmodel

import org.tensorflow.framework.{NodeDef, SignatureDef}

/**
 * What a signature's outputs depend on beside its inputs: random numbers, and variables that a
 * signature itself writes. What cannot reach an output does not count.
 *
 * @param outputs
 *   names of those that are wanted; none means all
 */
final private[savedmodel] class SignatureState(
    serving: ServingGraph,
    signature: SignatureDef,
    outputs: Seq[String]
) {
  import SignatureState._
  import StateFlow.{Place, dataInputs}

  private val flow = serving.flow
  private val fed = flow.fed(signature)

  private val values: Set[Place] =
    flow.reaching(flow.outputs(signature, outputs.isEmpty || outputs.contains(_)), fed)

  private val run = serving.places(serving.ofSignature(signature))

  // Whether there is an answer at all.
  private val judged: Set[Place] =
    flow.reaching(run.filter(flow.find(_).exists(_.getOp == "Assert")), fed)

  /** A node that draws random numbers which reach an output, or decide whether there is one. */
  def random: Option[Place] = sorted(values ++ judged).find(place =>
    flow.find(place).exists(node => StatefulOps.isRandom(node) || drawsForRows(place._1, node))
  )

  /* The same seed gives the same numbers, in a shape that may be the batch's: then a row's numbers
   * depend on its place there. */
  private def drawsForRows(function: Option[String], node: NodeDef): Boolean =
    StatefulOps.isStateless(node.getOp) &&
      dataInputs(node).headOption.exists(shape => !flow.isConstant(function, shape))

  /** Nodes that write a state which an output depends on, be it another signature's. */
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

  /** Placeholders that an output needs and the signature does not feed. */
  def unfed: Seq[NodeDef] =
    sorted(values)
      .collect { case place @ (None, _) => place }
      .flatMap(flow.find)
      .filter(node => Placeholders(node.getOp) && !fed(node.getName))

  /** Tables that an output reads and nothing fills. */
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

  // Others can be written in a run, and are empty until then.
  private val Tables = Set("HashTable", "HashTableV2")

  private def isLookup(op: String): Boolean = op.startsWith("LookupTable")

  private def isFilling(op: String): Boolean =
    op.startsWith("InitializeTable") || op.startsWith("LookupTableImport")
}
