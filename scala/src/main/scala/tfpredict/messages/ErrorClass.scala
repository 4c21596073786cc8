package tfpredict.messages

/**
 * A kind of failure, by the name that a reader looks up in `docs/errors.md`.
 *
 * @param name
 *   what stands in brackets before a message
 * @param sentence
 *   what went wrong, in one short sentence
 */
final private[tfpredict] case class ErrorClass(name: String, sentence: String) {

  /**
   * The complete message, on one line.
   *
   * @param expected
   *   what this needs; like `found` without a full stop
   * @param fix
   *   what to do, as complete sentences
   * @param model
   *   its path, version and signature; empty where there is none
   */
  def message(expected: String, found: String, fix: String, model: String = ""): String = {
    val ofModel = if (model.isEmpty) "" else s"Model: $model. "
    // A cause's own message may end with a full stop.
    val seen = found.stripSuffix(".")
    OneLine.of(s"[$name] $sentence ${ofModel}Expected: $expected. Found: $seen. Fix: $fix")
  }
}

/** All kinds of failures that Scala code reports; `_error_classes.py` has those of Python alone. */
private[tfpredict] object ErrorClass {

  // Where a model is.

  val ModelPath: ErrorClass = ErrorClass("TFPREDICT_MODEL_PATH", "The model's path is not valid.")

  val ModelNotFound: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_NOT_FOUND", "There is no model at this path.")

  val VersionNotFound: ErrorClass =
    ErrorClass("TFPREDICT_VERSION_NOT_FOUND", "The model does not have this version.")

  val ModelIncomplete: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_INCOMPLETE", "Files of the model are missing.")

  val ModelFormat: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_FORMAT", "The path does not hold a SavedModel.")

  val FileSystem: ErrorClass =
    ErrorClass("TFPREDICT_FILE_SYSTEM", "The model's file system cannot be used.")

  // Its files.

  val ModelDamaged: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_DAMAGED", "A file of the model is damaged.")

  val Checksum: ErrorClass =
    ErrorClass("TFPREDICT_CHECKSUM", "A file of the model does not match its checksum.")

  val ModelChanged: ErrorClass = ErrorClass(
    "TFPREDICT_MODEL_CHANGED",
    "The model's files changed after the driver read them."
  )

  val ForeignFile: ErrorClass =
    ErrorClass("TFPREDICT_FOREIGN_FILE", "The model uses a file outside its folder.")

  val VariablesMissing: ErrorClass =
    ErrorClass("TFPREDICT_VARIABLES_MISSING", "Variables of the model have no valid values.")

  val LocalDisk: ErrorClass =
    ErrorClass("TFPREDICT_LOCAL_DISK", "The model's files cannot be written to the local disk.")

  val ModelNotReceived: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_NOT_RECEIVED", "An executor did not receive the driver's model.")

  // Loading it.

  val NativeLibrary: ErrorClass =
    ErrorClass("TFPREDICT_NATIVE_LIBRARY", "TensorFlow's native library cannot be loaded.")

  val Platform: ErrorClass =
    ErrorClass("TFPREDICT_PLATFORM", "TensorFlow does not run on this platform.")

  val LoadRefused: ErrorClass =
    ErrorClass("TFPREDICT_LOAD_REFUSED", "TensorFlow does not load the model.")

  val ExamplesMissing: ErrorClass =
    ErrorClass("TFPREDICT_EXAMPLES_MISSING", "The model has no examples to verify it with.")

  val ExamplesDiffer: ErrorClass =
    ErrorClass("TFPREDICT_EXAMPLES_DIFFER", "The model's answers differ from its examples.")

  val ModelProcess: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_PROCESS", "The process that tried the model gave no answer.")

  val TrialFailed: ErrorClass =
    ErrorClass("TFPREDICT_TRIAL_FAILED", "The trial of a new version failed.")

  // What it computes.

  val UnsupportedOp: ErrorClass =
    ErrorClass("TFPREDICT_UNSUPPORTED_OP", "The model uses an unsupported op or attribute.")

  val OpNotAllowed: ErrorClass = ErrorClass(
    "TFPREDICT_OP_NOT_ALLOWED",
    "The model uses an op that reaches files, processes, the network or Python."
  )

  val ModelState: ErrorClass = ErrorClass(
    "TFPREDICT_MODEL_STATE",
    "An output depends on more than the inputs and the restored variables."
  )

  val GraphUnsafe: ErrorClass =
    ErrorClass("TFPREDICT_GRAPH_UNSAFE", "The model's graph could end the process or never end.")

  val GraphTooLarge: ErrorClass =
    ErrorClass("TFPREDICT_GRAPH_TOO_LARGE", "The model's graph is too large.")

  // Its signature.

  val TagsNotFound: ErrorClass =
    ErrorClass("TFPREDICT_TAGS_NOT_FOUND", "The model has no graph with these tags.")

  val SignatureNotFound: ErrorClass =
    ErrorClass("TFPREDICT_SIGNATURE_NOT_FOUND", "The model has no signature of this name.")

  val OutputNotFound: ErrorClass =
    ErrorClass("TFPREDICT_OUTPUT_NOT_FOUND", "The signature does not have these outputs.")

  val SignatureUnsupported: ErrorClass =
    ErrorClass("TFPREDICT_SIGNATURE_UNSUPPORTED", "The signature does not fit columns and rows.")

  val TensorsChanged: ErrorClass =
    ErrorClass("TFPREDICT_TENSORS_CHANGED", "The new version has other inputs or outputs.")

  // A run.

  val ModelFails: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_FAILS", "The model fails, and no row is the cause.")

  val OutOfMemory: ErrorClass =
    ErrorClass("TFPREDICT_OUT_OF_MEMORY", "There is not enough memory for the model.")

  val RunTimeout: ErrorClass =
    ErrorClass("TFPREDICT_RUN_TIMEOUT", "The model took longer than it may.")

  val RunCancelled: ErrorClass = ErrorClass("TFPREDICT_RUN_CANCELLED", "The run was cancelled.")

  val OutputShape: ErrorClass =
    ErrorClass("TFPREDICT_OUTPUT_SHAPE", "The model's result does not follow its signature.")

  // A row.

  val InputLength: ErrorClass =
    ErrorClass("TFPREDICT_INPUT_LENGTH", "An array has a length that the model does not take.")

  val InputNull: ErrorClass =
    ErrorClass("TFPREDICT_INPUT_NULL", "An array contains a null.")

  val InputRange: ErrorClass =
    ErrorClass("TFPREDICT_INPUT_RANGE", "A number is outside the range of the model's input.")

  val InputSize: ErrorClass =
    ErrorClass("TFPREDICT_INPUT_SIZE", "A row's value is too large for the memory.")

  val RowRejected: ErrorClass =
    ErrorClass("TFPREDICT_ROW_REJECTED", "The model rejects a row.")

  val TooManyRejectedRows: ErrorClass =
    ErrorClass("TFPREDICT_TOO_MANY_REJECTED_ROWS", "A task has too many rejected rows.")

  // A call.

  val ColumnType: ErrorClass =
    ErrorClass("TFPREDICT_COLUMN_TYPE", "A column has a type that the model does not take.")

  val ArgumentCount: ErrorClass =
    ErrorClass("TFPREDICT_ARGUMENT_COUNT", "The call has the wrong number of arguments.")

  val ArgumentName: ErrorClass =
    ErrorClass("TFPREDICT_ARGUMENT_NAME", "The arguments' names do not fit the model's inputs.")

  val OnDriver: ErrorClass =
    ErrorClass("TFPREDICT_ON_DRIVER", "Spark evaluates a call of a model on the driver.")

  // Names, options and settings.

  val FunctionName: ErrorClass =
    ErrorClass("TFPREDICT_FUNCTION_NAME", "SQL cannot call a function by this name.")

  val FunctionTaken: ErrorClass =
    ErrorClass("TFPREDICT_FUNCTION_TAKEN", "Another function has this name.")

  val FunctionNotFound: ErrorClass =
    ErrorClass("TFPREDICT_FUNCTION_NOT_FOUND", "No model is registered by this name.")

  val ColumnTaken: ErrorClass =
    ErrorClass("TFPREDICT_COLUMN_TAKEN", "The table already has a column of this name.")

  val ArgumentValue: ErrorClass =
    ErrorClass("TFPREDICT_ARGUMENT_VALUE", "An argument has a value that it does not take.")

  val SettingValue: ErrorClass =
    ErrorClass("TFPREDICT_SETTING_VALUE", "A setting has a value that it does not take.")

  val SettingUnknown: ErrorClass =
    ErrorClass("TFPREDICT_SETTING_UNKNOWN", "There is no such setting.")

  val SettingScope: ErrorClass =
    ErrorClass("TFPREDICT_SETTING_SCOPE", "A session cannot set this.")

  // Where it writes, and what it runs in.

  val OutputFolder: ErrorClass =
    ErrorClass("TFPREDICT_OUTPUT_FOLDER", "The adapted model cannot be written there.")

  val ModelClosed: ErrorClass =
    ErrorClass("TFPREDICT_MODEL_CLOSED", "The model was closed before this call.")

  val EngineMissing: ErrorClass =
    ErrorClass("TFPREDICT_ENGINE", "The class path does not have exactly one engine.")

  val CommandFailed: ErrorClass =
    ErrorClass("TFPREDICT_COMMAND_FAILED", "A process for the model failed.")

  val ConnectRequest: ErrorClass =
    ErrorClass("TFPREDICT_CONNECT_REQUEST", "The Spark Connect server cannot read the request.")

  /** A constant for [[tfpredict.host.SparkFit]], where little else of this jar may work. */
  final val SparkLineName = "TFPREDICT_SPARK_LINE"
  final val SparkLineSentence = "tfpredict is not made for this version of Spark."
}
