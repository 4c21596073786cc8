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
 * Predicts on an RDD, in batches, on the executors.
 *
 * {{{
 * val predictions = new RddPredictor(ModelSpec("data/linear_model")).predict(rdd)
 * }}}
 *
 * The version is decided here, on the driver, when the predictor is made; the model itself is
 * loaded by the executors, once each.
 *
 * @param spec
 *   a model whose signature has one float32 input and one float32 output
 * @throws tfpredict.TfpredictException
 *   if there is no such model, or it cannot run
 * @since 0.1.0
 */
final class RddPredictor(spec: ModelSpec) {
  // Spark's configuration where there is a SparkContext yet.
  private val settings =
    SparkSession.getActiveSession.orElse(SparkSession.getDefaultSession) match {
      case Some(spark) => Settings.from(spark)
      case None => Option(SparkEnv.get).fold(Settings.default)(env => Settings.from(env.conf))
    }

  private val description = ModelDescription.of(spec, settings).ofFloats

  /**
   * A row is one flat array: all numbers of the input's row, row-major. So is its result, which is
   * null where the row is null.
   *
   * A row of another length fails its task with an [[tfpredict.InputException]].
   */
  def predict(rows: RDD[Array[Float]]): RDD[Array[Float]] = {
    ShippedModels.ship(rows.sparkContext, description.spec)
    // Local values: the closure carries these and not the predictor.
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
