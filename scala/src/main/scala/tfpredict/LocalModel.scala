package tfpredict

import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{ArrayReader, ArrayWriter, InputColumn}
import tfpredict.model.ModelDescription
import tfpredict.tensor.Signature

/**
 * A model in this JVM, without Spark, for trials on the driver or for a few rows. Close it after
 * use.
 *
 * {{{
 * val model = LocalModel.load(ModelSpec("data/linear_model"))
 * try model.run(Array(Array(1.0f, 2.0f)))
 * finally model.close()
 * }}}
 *
 * This class is not thread-safe. Load one for each thread: all of them share one copy of the model
 * in memory.
 *
 * @since 0.1.0
 */
final class LocalModel private (
    spec: ModelSpec,
    val signature: Signature,
    predictor: PartitionPredictor[Array[Float], Array[Float]]
) extends AutoCloseable {

  /**
   * Returns one result for each row, in the same order.
   *
   * @param rows
   *   the rows, each a flat array with all float32 elements of the input's row in row-major order.
   *   A null row gets a null result.
   * @return
   *   for each row a flat array with all elements of the output's row, in row-major order
   * @throws InputException
   *   if a row does not have the input's length, or the model rejects it
   * @throws ModelRunException
   *   if the model fails for every row
   * @throws IllegalStateException
   *   if this model is closed
   */
  def run(rows: Array[Array[Float]]): Array[Array[Float]] = predictor.predict(rows.iterator).toArray

  override def close(): Unit = predictor.close()

  /** The model's path, version and signature. */
  override def toString: String = s"LocalModel(${spec.describe})"
}

/** Loads models into this JVM. */
object LocalModel {

  /**
   * Loads a model. If this JVM has it already, that copy is used.
   *
   * @param spec
   *   a model whose signature has exactly one input and one output, both float32 with known inner
   *   dimensions
   * @throws SignatureException
   *   if the signature has other inputs or outputs
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   */
  def load(spec: ModelSpec): LocalModel = {
    val description = ModelDescription.of(spec).ofFloats
    val predictor =
      new PartitionPredictor(
        Seq(description.spec),
        Settings.default,
        Seq(InputColumn(ordinal = 0, depth = 1)),
        ArrayReader,
        ArrayWriter
      )
    new LocalModel(description.spec, description.signature, predictor)
  }
}
