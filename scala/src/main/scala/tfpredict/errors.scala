package tfpredict

import tfpredict.messages.{ErrorClass, HasErrorClass, OneLine}

/**
 * What a user can meet when a model cannot be found, loaded or fed. Every message begins with its
 * error class in brackets and one sentence that says what went wrong. Then come the model, what was
 * expected, what was found, and how to fix it. `docs/errors.md` explains each class.
 *
 * Wrong columns in SQL and DataFrames are Spark's own `AnalysisException`, raised before any job.
 *
 * @param model
 *   its path, version and signature; empty where no single model is meant
 */
sealed abstract class TfpredictException private[tfpredict] (
    private[tfpredict] val error: ErrorClass,
    val model: String,
    val expected: String,
    val found: String,
    val fix: String,
    cause: Throwable
) extends RuntimeException(error.message(expected, found, fix, model), OneLine.cause(cause))
    with HasErrorClass {

  /** The name in brackets, such as `TFPREDICT_MODEL_NOT_FOUND`. */
  override def errorClass: String = error.name
}

/** There is no model at the path, or no complete version of it. */
final class ModelNotFoundException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)

/** The model's files exist, but this JVM cannot read, restore or load them. */
final class ModelLoadException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)

/**
 * The loaded model fails, and no single row is the cause. It fails for every row, its results do
 * not match its signature, or there is no memory for a batch of one row. It fails the task,
 * whatever `on_error` is.
 */
final class ModelRunException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)

/** The model uses an unsupported op or attribute that cannot be left out safely. */
final class UnsupportedModelException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)

/** The tags or the signature are unknown, or a tensor of the signature maps to no column. */
final class SignatureException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)

/** A row's values do not fit the signature's inputs, or the model cannot run the row. */
final class InputException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)

/** The target folder of an adapted model is taken, or cannot be written. */
final class OutputException private[tfpredict] (
    error: ErrorClass,
    model: String,
    expected: String,
    found: String,
    fix: String,
    cause: Throwable = null
) extends TfpredictException(error, model, expected, found, fix, cause)
