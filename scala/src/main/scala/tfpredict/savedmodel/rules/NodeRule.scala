package tfpredict.savedmodel.rules

import org.tensorflow.framework.NodeDef

/** What a rule says of a node. */
sealed private[savedmodel] trait Verdict

private[savedmodel] object Verdict {

  /** The runtime runs it as it is. */
  case object Keep extends Verdict

  /** Other nodes compute the same; the last has the node's name, and outputs of the same names. */
  final case class Replace(nodes: Seq[NodeDef]) extends Verdict

  /** The runtime would fail or be wrong, and no other nodes are known that compute the same. */
  final case class Refuse(why: String) extends Verdict
}

/**
 * How one op of a newer TensorFlow, or one that the runtime's kernels lack, is expressed by others.
 */
private[savedmodel] trait NodeRule {
  def ops: Set[String]

  /** What it does and where that is known from, as `inspect` prints it. */
  def why: String

  def apply(node: NodeDef, scope: Scope): Verdict
}

private[savedmodel] object NodeRule {

  /** The table of rules. */
  val all: Seq[NodeRule] =
    Seq(
      GroupedConvolution,
      DenseBincount,
      RaggedBincount,
      SparseBincount,
      BatchMatMul,
      Diagonals,
      CaseBranches,
      ParsedExamples,
      SegmentIds,
      LongPaddings,
      Ndtri,
      Erfinv,
      Xlog1py,
      BesselI,
      QuantizeAndDequantize,
      SeededDraws,
      SeededBits,
      SeedKeys
    )

  private val byOp: Map[String, NodeRule] =
    all.flatMap(rule => rule.ops.map(_ -> rule)).toMap

  def of(op: String): Option[NodeRule] = byOp.get(op)
}
