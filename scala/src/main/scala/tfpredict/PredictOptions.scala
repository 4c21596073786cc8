package tfpredict

import tfpredict.messages.{ErrorClass, IllegalValue}

/**
 * How a model answers, as a function.
 *
 * @param batchRows
 *   rows that go through it at once, at most, in place of `spark.tfpredict.batch.rows`
 * @param onError
 *   what becomes of a row that it cannot take
 * @param modelVersion
 *   whether every result is a struct of `value` and `model_version`, with `error` between them
 *   where `onError` asks for it
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
