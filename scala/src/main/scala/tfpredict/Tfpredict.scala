package tfpredict

import org.apache.spark.sql.SparkSession

import tfpredict.diagnostics.{Doctor, DoctorReport}
import tfpredict.model.{
  AdaptReport,
  AdaptedModel,
  ModelInfo,
  ModelInspector,
  ModelVerifier,
  VerifyReport
}
import tfpredict.savedmodel.draw.LayerInfo
import tfpredict.sql.{PredictFunction, RegisteredFunctions}
import tfpredict.tensor.Signature

/** The entry point for Scala programs. */
object Tfpredict {

  /** The version of this jar. */
  val version: String = BuildInfo.version

  /**
   * Registers a model as a SQL function of this SparkSession.
   *
   * {{{
   * Tfpredict.register(spark, ModelSpec("data/linear_model"), "tfpredict")
   * spark.sql("SELECT features, tfpredict(features) AS y_preds FROM t")
   * }}}
   *
   * The driver resolves the version and reads the signature, but loads nothing. Each executor loads
   * the model when its first row arrives. If a model already has the name, the new one replaces it.
   *
   * The function takes one argument for each input, or one struct with a field for each input. An
   * output of shape `[batch]` or `[batch, 1]` gives a single value, any other an array. Several
   * outputs give a struct. Wrong arguments raise Spark's `AnalysisException` before any job starts.
   *
   * @param spec
   *   the model's path, version and signature
   * @param name
   *   the function's name: letters, digits and underscores, not starting with a digit
   * @param options
   *   batch size, handling of rejected rows, and whether results hold the version
   * @param replace
   *   whether the name of another function, such as `sum`, may be used. `unregister` restores that
   *   function.
   * @return
   *   the registered model, with its version and fingerprint resolved
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalArgumentException
   *   if the name is invalid, or belongs to another function
   * @since 0.1.0
   */
  def register(
      spark: SparkSession,
      spec: ModelSpec,
      name: String = "tfpredict",
      options: PredictOptions = PredictOptions(),
      replace: Boolean = false
  ): RegisteredModel = {
    RegisteredFunctions.checkName(spark, name, replace)
    val function = PredictFunction.of(spark, spec, options)
    RegisteredFunctions.add(spark, name, function, replace)
    registered(name, function)
  }

  /**
   * Removes a model's name from this session. If the model had replaced another function, that
   * function gets its name back. Otherwise `DROP TEMPORARY FUNCTION` has the same effect.
   *
   * @throws IllegalArgumentException
   *   if no model has the name
   * @since 0.2.0
   */
  def unregister(spark: SparkSession, name: String = "tfpredict"): Unit =
    RegisteredFunctions.remove(spark, name)

  /**
   * Returns the models that have a name in this session, ordered by name. This reads the models
   * that the configuration names.
   *
   * @return
   *   one entry for each name. For a model that cannot run, `problem` gives the reason.
   * @since 0.2.0
   */
  def registered(spark: SparkSession): Seq[RegisteredModel] =
    RegisteredFunctions.all(spark).map { case (name, path, function) =>
      try registered(name, function())
      catch {
        case failed @ (_: TfpredictException | _: IllegalArgumentException) =>
          RegisteredModel(
            name,
            ModelSpec(path),
            Signature("", Vector.empty, Vector.empty),
            Some(failed.getMessage)
          )
      }
    }

  /**
   * Moves a registered name to the model's newest version, for queries written from now on. First
   * one executor loads that version and replays the examples kept with it. A function that follows
   * the latest version needs no refresh.
   *
   * @param name
   *   the name given to `register`, or the one in `spark.tfpredict.models.<name>`
   * @return
   *   the registered model, with its new version
   * @throws TfpredictException
   *   if the newest version cannot run. The name then keeps serving its current version.
   * @throws IllegalArgumentException
   *   if no model has the name
   * @since 0.1.0
   */
  def refresh(spark: SparkSession, name: String = "tfpredict"): RegisteredModel =
    registered(name, RegisteredFunctions.refresh(spark, name))

  private def registered(name: String, function: PredictFunction): RegisteredModel =
    RegisteredModel(name, function.description.spec, function.description.signature)

  /**
   * Shows a model's graphs, signatures and tensors with their Spark types, and whether it can run:
   * which ops are rewritten and which are refused. Needs no SparkSession, and loads nothing.
   *
   * @param spec
   *   the model. Its signature and outputs are ignored.
   * @throws TfpredictException
   *   if there is no complete model at the path, or no graph with these tags
   * @since 0.1.0
   */
  def inspect(spec: ModelSpec): ModelInfo = ModelInspector.inspect(spec)

  /**
   * Returns the layers that each signature of a model runs, for drawing it. Needs no SparkSession,
   * and loads nothing.
   *
   * @param spec
   *   the model. Its signature and outputs are ignored.
   * @return
   *   for each signature's name its layers
   * @throws TfpredictException
   *   if there is no complete model at the path, or no graph with these tags
   * @since 0.1.0
   */
  def layers(spec: ModelSpec): Map[String, Seq[LayerInfo]] = ModelInspector.layers(spec)

  /**
   * Replays the examples kept with a model, and compares its answers with TensorFlow's own. The
   * model runs in a process of its own, so a crash does not end this JVM.
   *
   * @param spec
   *   the model. Its signature and outputs are ignored: all examples are replayed.
   * @return
   *   the largest difference in each output of each signature
   * @throws TfpredictException
   *   if there is no such model, it has no examples, or it cannot run
   * @since 0.1.0
   */
  def verify(spec: ModelSpec): VerifyReport = ModelVerifier.verifyApart(spec)

  /**
   * Writes a model as a SavedModel that plain TensorFlow of the engine's version loads, with
   * `SavedModelBundle.load(folder, "serve")`. Ops that this TensorFlow lacks are rewritten, and the
   * model computes the same results. The folder has copies of the variables, the assets and the
   * kept examples, and checksums. Needs no SparkSession, and loads nothing.
   *
   * {{{
   * Tfpredict.adapt(ModelSpec("data/linear_model"), "data/linear_plain/1")
   * }}}
   *
   * @param spec
   *   the model. Its signature must be able to run; other signatures that cannot are left out. Its
   *   outputs are ignored.
   * @param folder
   *   a folder on the local disk, written completely or not at all. Missing parents are created.
   * @param overwrite
   *   whether to replace a SavedModel that is in the folder
   * @param settings
   *   the allowed ops, and how to fetch a remote model
   * @throws TfpredictException
   *   if there is no such model, it cannot run, or the folder is taken or not writable
   * @since 0.1.0
   */
  def adapt(
      spec: ModelSpec,
      folder: String,
      overwrite: Boolean = false,
      settings: Settings = Settings.default
  ): AdaptReport = AdaptedModel.write(spec, folder, overwrite, settings)

  /**
   * Checks the driver and, by small jobs, each executor for problems that would stop a model there.
   * Each executor loads the native libraries; a cluster's driver loads nothing. If executors do not
   * answer, the call takes up to two minutes.
   *
   * @return
   *   a report for each host, with its problems as sentences. A problem raises no exception.
   * @since 0.1.0
   */
  def doctor(spark: SparkSession): DoctorReport =
    Doctor.examine(spark.sparkContext, spark.conf.getAll)
}

/**
 * A model that has a name in SQL.
 *
 * @param name
 *   the name of the SQL function
 * @param spec
 *   the model, with its version and fingerprint resolved
 * @param signature
 *   the inputs and outputs, empty if `problem` is set
 * @param problem
 *   why the model cannot run, if the configuration names one that cannot
 * @since 0.1.0
 */
final case class RegisteredModel(
    name: String,
    spec: ModelSpec,
    signature: Signature,
    problem: Option[String] = None
)
