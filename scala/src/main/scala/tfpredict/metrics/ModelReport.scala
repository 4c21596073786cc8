package tfpredict.metrics

/** A version of a model, as its figures are kept. */
final private[metrics] case class ModelVersion(path: String, version: Option[Long])

private[metrics] object ModelVersion {

  /** Whatever has no place of its own. No model has an empty path. */
  val Others: ModelVersion = ModelVersion("", None)

  /** Maximum models and versions with figures of their own. */
  val Most = 200
}

/**
 * The last load of a model in a JVM.
 *
 * @param at
 *   when it ended, in milliseconds since 1970
 * @param fetching
 *   nanoseconds until its files were there and checked
 * @param loading
 *   nanoseconds from then on
 */
final private[metrics] case class LastLoad(at: Long, fetching: Long, loading: Long)

/**
 * What a JVM says of one version of a model.
 *
 * @param counting
 *   which count this is of the JVM: a later count of the same model begins at nothing
 * @param figures
 *   totals since the count began. Since they are no increments, a report that is lost or comes
 *   twice changes nothing.
 */
final private[metrics] case class ModelReport(
    model: ModelVersion,
    counting: Long,
    figures: Figures,
    lastLoad: Option[LastLoad]
)

/** What an executor sends to the driver: the models whose figures changed. */
final private[metrics] case class ExecutorReport(executor: String, models: Array[ModelReport])
