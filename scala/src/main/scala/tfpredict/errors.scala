package tfpredict

import tfpredict.messages.OneLine

/**
 * An error that tfpredict explains: a model cannot be found, loaded or run, or a row does not fit
 * it. Every message gives the model, the expected and the found state, and a fix.
 *
 * Wrong columns in SQL and DataFrames raise Spark's own `AnalysisException` before any job.
 */
sealed abstract class TfpredictException(
    val model: String,
    val expected: String,
    val found: String,
    val remedy: String,
    cause: Throwable
) extends RuntimeException(
      OneLine.of(s"$model: expected $expected, found $found. $remedy"),
      OneLine.cause(cause)
    )

/** There is no model at the path, or no complete version of it. */
final class ModelNotFoundException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** The model's files exist, but this JVM cannot read, restore or load them. */
final class ModelLoadException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/**
 * The loaded model fails, and no single row is the cause. It fails for every row, its results do
 * not match its signature, or there is no memory for a batch of one row. It fails the task,
 * whatever `on_error` is.
 */
final class ModelRunException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** The model uses an unsupported op or attribute that cannot be left out safely. */
final class UnsupportedModelException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** The tags or the signature are unknown, or a tensor of the signature maps to no column. */
final class SignatureException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** A row's values do not fit the signature's inputs, or the model cannot run the row. */
final class InputException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** The target folder of an adapted model is taken, or cannot be written. */
final class OutputException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)
