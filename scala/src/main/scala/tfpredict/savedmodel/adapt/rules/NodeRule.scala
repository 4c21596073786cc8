package tfpredict.savedmodel.adapt.rules

import scala.collection.JavaConverters._

import org.tensorflow.framework.{FunctionDef, NodeDef}

/** What a rule says of a node. */
sealed private[savedmodel] trait Verdict

private[savedmodel] object Verdict {

  /** The runtime runs it as it is. */
  case object Keep extends Verdict

  /**
   * Other nodes compute the same; the last has the node's name, and its outputs in their order.
   *
   * @param outputs
   *   what functions call the outputs, such as `output:1`, by what they were called, where those
   *   differ
   * @param functions
   *   what they call, by names that say all of what it is
   */
  final case class Replace(
      nodes: Seq[NodeDef],
      outputs: Map[String, String] = Map.empty,
      functions: Seq[FunctionDef] = Nil
  ) extends Verdict

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

  /** The table of rules; of those for one op, the first that does not keep a node decides. */
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

  /** Whether a node has as many inputs as its op takes; no rule need look at another. */
  private[rules] def isWhole(node: NodeDef, scope: Scope): Boolean =
    scope.catalog.ops.inputs(node).size == node.getInputList.asScala.count(!_.startsWith("^"))

  def of(op: String): Seq[NodeRule] = byOp.getOrElse(op, Nil)
}
