package tfpredict.model

import org.apache.spark.SparkContext

import tfpredict.savedmodel.ShippedModels
import tfpredict.{ModelLoadException, ModelSpec, Settings, TfpredictException}

/**
 * A version is tried before it takes another's place: one executor loads it, by a job of one task,
 * and replays the examples that are kept with it. The driver itself loads nothing native.
 */
private[tfpredict] object Trial {

  /**
   * @param resolved
   *   what is to serve; a model that only the driver has is on its way to the executors then
   * @throws tfpredict.ModelLoadException
   *   if it does not load there, or answers its own examples otherwise than TensorFlow did
   */
  def run(sc: SparkContext, resolved: ModelSpec, settings: Settings): Unit = {
    ShippedModels.ship(sc, resolved)
    val verifying = settings.copy(verifyOnLoad = true)
    // A refusal is a result: a failed task would be tried four times.
    val refusal = sc
      .parallelize(Seq(resolved), 1)
      .map { model =>
        try {
          ModelCache.shared.acquire(model, verifying).close()
          None
        } catch { case refused: TfpredictException => Some((refused.expected, refused.found)) }
      }
      .first()
    refusal.foreach { case (expected, found) =>
      throw new ModelLoadException(
        resolved.describe,
        s"$expected, when an executor tried it",
        found,
        "It takes no other version's place. Export the model again, as a new version."
      )
    }
  }
}
