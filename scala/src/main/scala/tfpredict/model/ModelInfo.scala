package tfpredict.model

import tfpredict.ModelSpec
import tfpredict.columns.TensorTypes
import tfpredict.savedmodel.adapt.Rewrite
import tfpredict.tensor.TensorSpec

/**
 * A model's contents, and whether it can run, read from `saved_model.pb`. Nothing is loaded.
 *
 * @param spec
 *   the model, with its version and fingerprint resolved
 * @param tagSets
 *   the tags of each graph in the file. All other fields describe the graph with the spec's tags.
 * @param producer
 *   the version of TensorFlow that wrote the file, such as `2.21.0`. Empty if the file does not
 *   have it.
 * @param ops
 *   number of nodes of the graph and its library functions, including those for saving
 * @param signatures
 *   the graph's signatures
 * @param examples
 *   the signatures with kept examples, which `verify` replays
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
 * A signature, and whether it can run.
 *
 * @param name
 *   the signature's name
 * @param inputs
 *   the inputs, in the order of a function's arguments
 * @param outputs
 *   the outputs, ordered by name
 * @param ops
 *   number of nodes needed to load and run it, including those in library functions
 * @param rewrites
 *   changes that the runtime needs, which do not change the results
 * @param refusals
 *   the reasons that it cannot run. Empty if it can.
 * @param random
 *   whether its outputs depend on random numbers. Spark then treats a call like `rand()`.
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

  /** Whether the signature can run. */
  def runs: Boolean = refusals.isEmpty
}

/**
 * An input or output, and its column's type.
 *
 * @param tensor
 *   the tensor
 * @param sparkType
 *   the column's type in SQL's notation. None if the dtype has no such type.
 * @since 0.1.0
 */
final case class ColumnInfo(tensor: TensorSpec, sparkType: Option[String])

/** Describes columns of tensors. */
object ColumnInfo {

  /** Returns a tensor with its Spark type. */
  def of(tensor: TensorSpec): ColumnInfo =
    ColumnInfo(tensor, TensorTypes.columnType(tensor).map(_.sql))
}
