package tfpredict

import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{ArrayReader, ArrayWriter, InputColumn}
import tfpredict.model.ModelDescription
import tfpredict.tensor.Signature

/**
 * A model in this JVM, without Spark: to try one out on a driver, or to serve a few rows. Close it
 * after use.
 *
 * {{{
 * val model = LocalModel.load(ModelSpec("data/linear_model"))
 * try model.run(Array(Array(1.0f, 2.0f)))
 * finally model.close()
 * }}}
 *
 * Not thread-safe: each thread loads its own, which shares the one copy of the model in memory.
 *
 * @since 0.1.0
 */
final class LocalModel private (
    spec: ModelSpec,
    val signature: Signature,
    predictor: PartitionPredictor[Array[Float], Array[Float]]
) extends AutoCloseable {

  /**
   * One result for each row, in order.
   *
   * @param rows
   *   each one flat array: all numbers of the input's row, row-major
   * @throws InputException
   *   if a row has another length than the input
   */
  def run(rows: Array[Array[Float]]): Array[Array[Float]] = predictor.predict(rows.iterator).toArray

  override def close(): Unit = predictor.close()

  /** The model's path, version and signature. */
  override def toString: String = s"LocalModel(${spec.describe})"
}

object LocalModel {

  /**
   * Loads the model, if this JVM does not have it yet.
   *
   * @param spec
   *   a model whose signature has one float32 input and one float32 output
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
