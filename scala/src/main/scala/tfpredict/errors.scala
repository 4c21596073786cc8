package tfpredict

import tfpredict.messages.OneLine

/**
 * What a user can meet when a model cannot be found, loaded or fed. Every message has the same four
 * parts: which model, what was expected, what was found, and what to do about it.
 *
 * Wrong columns in SQL and DataFrames are Spark's own `AnalysisException`, raised before any job.
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

/** No model, or no complete version of it, at the path. */
final class ModelNotFoundException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** The model's files are there but cannot be read, restored or loaded by this JVM. */
final class ModelLoadException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/**
 * The model is loaded and fails while it runs, and no row is to blame: it fails for every row, its
 * results do not follow its signature, or there is no memory for a batch of one row. It fails the
 * task, whatever `on_error` says.
 */
final class ModelRunException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/**
 * The model uses an op or an attribute that the runtime lacks and that cannot be left out safely.
 */
final class UnsupportedModelException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** An unknown tag or signature, or a signature whose tensors cannot be mapped to columns. */
final class SignatureException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** A row whose values do not fit the signature's inputs, or that the model cannot run. */
final class InputException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)

/** The folder that an adapted model is to be written to is taken, or cannot be written. */
final class OutputException(
    model: String,
    expected: String,
    found: String,
    remedy: String,
    cause: Throwable = null
) extends TfpredictException(model, expected, found, remedy, cause)
