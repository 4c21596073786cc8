package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, NodeDef}

/** A rule's decision about a node. */
sealed private[savedmodel] trait Verdict

private[savedmodel] object Verdict {

  /** The runtime can run the node unchanged. */
  case object Keep extends Verdict

  /**
   * Other nodes compute the same. The last one has the node's name, with its outputs in the same
   * order.
   *
   * @param outputs
   *   new names of outputs in functions, such as `output:1`, by the old names; only those that
   *   differ
   * @param functions
   *   functions that the nodes call; equal names mean equal functions
   */
  final case class Replace(
      nodes: Seq[NodeDef],
      outputs: Map[String, String] = Map.empty,
      functions: Seq[FunctionDef] = Nil
  ) extends Verdict

  /** The runtime would fail or return wrong results, and no replacement is known. */
  final case class Refuse(why: String) extends Verdict
}

/**
 * Expresses an op with others, if it belongs to a newer TensorFlow, or if the runtime lacks a
 * kernel.
 */
private[savedmodel] trait NodeRule {
  def ops: Set[String]

  /** What the rule does, as `inspect` prints it. */
  def why: String

  def apply(node: NodeDef, scope: Scope): Verdict
}

private[savedmodel] object NodeRule {

  /** The table of rules. For one op, the first rule with a decision other than `Keep` wins. */
  val all: Seq[NodeRule] =
    Seq(
      FrozenStatistics,
      ChannelsFirst,
      BatchNorm3D,
      DilatedFilters,
      GroupedConvolution,
      CudnnRecurrent,
      CudnnParameters,
      FirstConvolutions,
      FusedConvolutions,
      GlobalNormalization,
      BatchedMatrices,
      FirstEigenvectors,
      SingularValues,
      FirstPoisson,
      AddedLists,
      ReversedFlags,
      StackedRows,
      BatchDims,
      DenseBincount,
      RaggedBincount,
      SparseBincount,
      BatchMatMul,
      Diagonals,
      CaseBranches,
      BatchedCalls,
      ParsedExamples,
      ParsedSequences,
      SegmentIds,
      LongPaddings,
      SparseSlices,
      SparseSplits,
      SparseProducts,
      JoinedLists,
      PaddedBytes,
      PaddedNgrams,
      WrappedDatasets,
      InterleavedDatasets,
      BatchedMaps,
      Ndtri,
      Erfinv,
      Xlog1py,
      BesselI,
      QuantizeAndDequantize,
      TruncatedPictures,
      SeededDraws,
      SeededBits,
      SeedKeys,
      ProjectiveTransform,
      DecodedImages,
      ResizedList,
      TruncatedQuotient,
      UpdatedSlices
    )

  private val byOp: Map[String, Seq[NodeRule]] =
    all.flatMap(_.ops).distinct.map(op => op -> all.filter(_.ops(op))).toMap

  /** Whether a node has as many inputs as its op needs. Rules may ignore all others. */
  private[rules] def isComplete(node: NodeDef, scope: Scope): Boolean =
    scope.catalog.ops.inputs(node).size == node.getInputList.asScala.count(!_.startsWith("^"))

  def of(op: String): Seq[NodeRule] = byOp.getOrElse(op, Nil)
}
