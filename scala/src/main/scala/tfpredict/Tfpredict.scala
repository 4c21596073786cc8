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

/** The way in from Scala. */
object Tfpredict {

  /** The version of this jar. */
  val version: String = BuildInfo.version

  /**
   * Makes a model a SQL function of this SparkSession.
   *
   * {{{
   * Tfpredict.register(spark, ModelSpec("data/linear_model"), "tfpredict")
   * spark.sql("SELECT features, tfpredict(features) AS y_preds FROM t")
   * }}}
   *
   * Nothing is loaded here: the version is decided and the signature read on the driver, and each
   * executor loads the model when its first row arrives. Registering again under a name takes its
   * place.
   *
   * @param spec
   *   where the model is and which signature of it serves
   * @param name
   *   letters, digits and underscores
   * @param options
   *   how it answers: batches, errors, versions
   * @param replace
   *   whether the name may be that of a function which is no model's, such as `sum`; `unregister`
   *   puts that one back
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalArgumentException
   *   if the name is none, or taken
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
   * Takes a name from its model, in this session. If the model had taken the place of another
   * function, that one has the name again. `DROP TEMPORARY FUNCTION` does the same where it did
   * not.
   *
   * @throws IllegalArgumentException
   *   if no model has the name
   * @since 0.2.0
   */
  def unregister(spark: SparkSession, name: String = "tfpredict"): Unit =
    RegisteredFunctions.remove(spark, name)

  /**
   * The models that have a name in this session, in the order of their names; those that the
   * configuration names are read for it. One that cannot serve tells why.
   *
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
   * Gives a registered name to the model's version that is newest now, for queries that are written
   * from now on. Before it takes the place of the one that serves, one executor loads it and
   * replays the examples kept with it. A query that follows the latest version needs no refresh.
   *
   * @param name
   *   as it was registered, or as `spark.tfpredict.models.<name>` has it
   * @throws TfpredictException
   *   if the newest version cannot run; the name then keeps the one that it has
   * @throws IllegalArgumentException
   *   if no model has the name
   * @since 0.1.0
   */
  def refresh(spark: SparkSession, name: String = "tfpredict"): RegisteredModel =
    registered(name, RegisteredFunctions.refresh(spark, name))

  private def registered(name: String, function: PredictFunction): RegisteredModel =
    RegisteredModel(name, function.description.spec, function.description.signature)

  /**
   * What a model is and whether it can run: its graphs, signatures, tensors and their Spark types,
   * what would be rewritten and what is refused. Needs no SparkSession, and loads nothing.
   *
   * @param spec
   *   its signature and outputs do not matter
   * @throws TfpredictException
   *   if there is no whole model at the path, or no graph with these tags
   * @since 0.1.0
   */
  def inspect(spec: ModelSpec): ModelInfo = ModelInspector.inspect(spec)

  /**
   * What each signature of a model runs, a layer at a time, for drawing it. Needs no SparkSession,
   * and loads nothing.
   *
   * @param spec
   *   its signature and outputs do not matter
   * @throws TfpredictException
   *   if there is no whole model at the path, or no graph with these tags
   * @since 0.1.0
   */
  def layers(spec: ModelSpec): Map[String, Seq[LayerInfo]] = ModelInspector.layers(spec)

  /**
   * Has a process of its own load a model, and compares its answers to the examples that are kept
   * with it with TensorFlow's own. Whatever the model does there, this JVM lives.
   *
   * @param spec
   *   its signature and outputs do not matter: all examples are replayed
   * @throws TfpredictException
   *   if there is no such model, it has no examples, or it cannot run
   * @since 0.1.0
   */
  def verify(spec: ModelSpec): VerifyReport = ModelVerifier.verifyApart(spec)

  /**
   * Writes a model as programs of the engine's TensorFlow open it: a SavedModel without what that
   * lacks, which plain `SavedModelBundle.load(folder, "serve")` loads. It computes the same. It has
   * copies of the variables and assets, checksums, and the examples that were kept with the model.
   * Needs no SparkSession, and loads nothing.
   *
   * {{{
   * Tfpredict.adapt(ModelSpec("data/linear_model"), "data/linear_plain/1")
   * }}}
   *
   * @param spec
   *   its signature must run, or else this is refused as by `register`; others are left out where
   *   they cannot. Its outputs do not matter
   * @param folder
   *   on the local disk, written whole or not at all; what is missing of its path is made
   * @param overwrite
   *   whether a SavedModel that is there already is replaced
   * @param settings
   *   which ops are allowed, and how a model that is elsewhere is brought here
   * @throws TfpredictException
   *   if there is no such model, it cannot run, or the folder is taken or cannot be written
   * @since 0.1.0
   */
  def adapt(
      spec: ModelSpec,
      folder: String,
      overwrite: Boolean = false,
      settings: Settings = Settings.default
  ): AdaptReport = AdaptedModel.write(spec, folder, overwrite, settings)

  /**
   * Looks at the driver and, by small jobs, at each executor, for what would hinder a model there.
   * Executors load the native libraries for it; a cluster's driver loads nothing. Takes up to two
   * minutes where executors do not answer.
   *
   * @return
   *   what was found, with problems as sentences: no problem is an exception
   * @since 0.1.0
   */
  def doctor(spark: SparkSession): DoctorReport =
    Doctor.examine(spark.sparkContext, spark.conf.getAll)
}

/**
 * A model that has a name in SQL.
 *
 * @param spec
 *   with its version and fingerprint decided
 * @param problem
 *   why it cannot serve, where the configuration names a model that cannot
 * @since 0.1.0
 */
final case class RegisteredModel(
    name: String,
    spec: ModelSpec,
    signature: Signature,
    problem: Option[String] = None
)
