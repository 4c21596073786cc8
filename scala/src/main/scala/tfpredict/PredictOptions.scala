package tfpredict

import tfpredict.messages.{ErrorClass, IllegalValue}

/**
 * Options of a model's function.
 *
 * @param batchRows
 *   maximum number of rows per batch. By default `spark.tfpredict.batch.rows`.
 * @param onError
 *   handling of a row that the model rejects. By default the task fails.
 * @param modelVersion
 *   whether every result is a struct of `value` and `model_version`. With `OnError.Struct` the
 *   fields are `value`, `error` and `model_version`.
 * @throws IllegalArgumentException
 *   if `batchRows` is less than 1
 * @since 0.1.0
 */
final case class PredictOptions(
    batchRows: Option[Int] = None,
    onError: OnError = OnError.Fail,
    modelVersion: Boolean = false
) {
  batchRows.foreach(rows =>
    IllegalValue.unless(rows > 0, ErrorClass.ArgumentValue)(
      "a batch of at least 1 row",
      s"$rows rows",
      "Pass a larger number."
    )
  )

  private[tfpredict] def in(settings: Settings): Settings = settings.copy(
    batchRows = batchRows.orElse(settings.batchRows),
    onError = onError,
    modelVersion = modelVersion
  )
}
