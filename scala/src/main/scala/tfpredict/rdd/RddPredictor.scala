package tfpredict.rdd

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.SparkSession
import org.apache.spark.{SparkEnv, TaskContext}

import tfpredict.batch.PartitionPredictor
import tfpredict.columns.{ArrayReader, ArrayWriter, InputColumn}
import tfpredict.model.ModelDescription
import tfpredict.savedmodel.store.ShippedModels
import tfpredict.{ModelSpec, Settings}

/**
 * Predicts the rows of an RDD in batches, on the executors.
 *
 * {{{
 * val predictions = new RddPredictor(ModelSpec("data/linear_model")).predict(rdd)
 * }}}
 *
 * The driver resolves the version when the predictor is created. Each executor loads the model
 * once.
 *
 * @param spec
 *   a model whose signature has exactly one input and one output, both float32 with known inner
 *   dimensions
 * @throws tfpredict.SignatureException
 *   if the signature has other inputs or outputs
 * @throws tfpredict.TfpredictException
 *   if there is no such model, or it cannot run
 * @since 0.1.0
 */
final class RddPredictor(spec: ModelSpec) {
  // Uses Spark's configuration if there is a SparkContext already.
  private val settings =
    SparkSession.getActiveSession.orElse(SparkSession.getDefaultSession) match {
      case Some(spark) => Settings.from(spark)
      case None => Option(SparkEnv.get).fold(Settings.default)(env => Settings.from(env.conf))
    }

  private val description = ModelDescription.of(spec, settings).ofFloats

  /**
   * Returns one result for each row, in the same order. A row of a wrong length fails its task with
   * an [[tfpredict.InputException]].
   *
   * @param rows
   *   the rows, each a flat array with all elements of the input's row in row-major order
   * @return
   *   for each row a flat array with all elements of the output's row in row-major order, or null
   *   for a null row
   */
  def predict(rows: RDD[Array[Float]]): RDD[Array[Float]] = {
    ShippedModels.ship(rows.sparkContext, description.spec)
    // Local values, so that the closure does not carry the predictor.
    val model = description.spec
    val plain = settings
    val column = Seq(InputColumn(ordinal = 0, depth = 1))
    rows.mapPartitions { partition =>
      if (partition.isEmpty) Iterator.empty
      else {
        val predictor = new PartitionPredictor(Seq(model), plain, column, ArrayReader, ArrayWriter)
        TaskContext.get().addTaskCompletionListener[Unit](_ => predictor.close())
        predictor.predict(partition)
      }
    }
  }
}
