package tfpredict.model

import tfpredict.ModelSpec
import tfpredict.columns.TensorTypes
import tfpredict.savedmodel.adapt.Rewrite
import tfpredict.tensor.TensorSpec

/**
 * What a model is and whether it can run, as `saved_model.pb` tells it: nothing is loaded.
 *
 * @param spec
 *   with its version and fingerprint decided
 * @param tagSets
 *   the tags of each graph in the file; the rest is of the graph with the spec's
 * @param producer
 *   the TensorFlow that wrote it, such as `2.21.0`; empty where it does not say
 * @param ops
 *   nodes of the graph and of its library functions, those for saving among them
 * @param examples
 *   the signatures that examples are kept for, which `verify` replays
 * @since 0.1.0
 */
final case class ModelInfo(
    spec: ModelSpec,
    tagSets: Seq[Set[String]],
    producer: String,
    ops: Int,
    signatures: Seq[SignatureInfo],
    examples: Seq[String]
) {

  /** Whether at least one signature can run. */
  def runs: Boolean = signatures.exists(_.runs)
}

/**
 * @param inputs
 *   in the order of a function's arguments
 * @param ops
 *   nodes that the signature and loading need, in library functions too
 * @param rewrites
 *   what will be changed so that the runtime can run it, without changing what it computes
 * @param refusals
 *   why it cannot run; empty where it can
 * @param random
 *   whether its outputs depend on random numbers, so that Spark treats a call as it does `rand()`
 * @since 0.1.0
 */
final case class SignatureInfo(
    name: String,
    inputs: Seq[ColumnInfo],
    outputs: Seq[ColumnInfo],
    ops: Int,
    rewrites: Seq[Rewrite],
    refusals: Seq[String],
    random: Boolean = false
) {
  def runs: Boolean = refusals.isEmpty
}

/**
 * @param sparkType
 *   the column's type as SQL writes it; none where the dtype has no such type
 * @since 0.1.0
 */
final case class ColumnInfo(tensor: TensorSpec, sparkType: Option[String])

object ColumnInfo {
  def of(tensor: TensorSpec): ColumnInfo =
    ColumnInfo(tensor, TensorTypes.columnType(tensor).map(_.sql))
}
