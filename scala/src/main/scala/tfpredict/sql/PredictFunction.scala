package tfpredict.sql

import java.util.concurrent.ExecutionException

import org.apache.spark.SparkContext
import org.apache.spark.sql.catalyst.expressions.{Expression, NamedArgumentExpression}
import org.apache.spark.sql.internal.SQLConf
import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.model.ModelDescription
import tfpredict.options.SessionSettings
import tfpredict.savedmodel.store.ShippedModels
import tfpredict.versions.{Apart, Trial}
import tfpredict.{ModelSpec, PredictOptions, Settings}

/**
 * A model as a function of columns. `register` gives it a name, and `functions.predict` calls it
 * directly.
 *
 * @param asked
 *   the spec before its version was resolved
 * @param settings
 *   the settings that Spark was started with. Each call reads the session's own.
 */
final private[tfpredict] class PredictFunction(
    asked: ModelSpec,
    val description: ModelDescription,
    settings: Settings,
    options: PredictOptions
) {

  /** Returns a call, with the settings of the active session. */
  def apply(name: String, arguments: Seq[Expression]): Expression = {
    val signature = description.signature
    val (passed, binding) =
      Binding.of(arguments, signature.inputs.map(_.name), SQLConf.get.caseSensitiveAnalysis)
    // Not from SQLConf: a view is analyzed with a configuration that lacks these settings.
    val now = SparkSession.getActiveSession.fold(settings)(spark =>
      settings.ofSession(Settings.from(SessionSettings.of(spark)))
    )
    val (served, newer) =
      if (description.spec.latest) LatestModels.write(description, options.in(settings))
      else (description, None)
    Predict(passed, binding, name, served.spec, served.signature, options.in(now), newer)
  }

  def column(spark: SparkSession, columns: Seq[Column]): Column =
    call(spark, columns.map(SparkLine.expression))

  /** Returns a call with some columns by position, followed by others by input name. */
  def column(spark: SparkSession, columns: Seq[Column], named: Seq[(String, Column)]): Column =
    call(
      spark,
      columns.map(SparkLine.expression) ++ named.map { case (name, column) =>
        NamedArgumentExpression(name, SparkLine.expression(column))
      }
    )

  private def call(spark: SparkSession, arguments: Seq[Expression]): Column = {
    Extensions.install(spark)
    SparkLine.column(apply("predict", arguments))
  }

  /**
   * Allows another trial of refused versions, even if another registration of the model saw them
   * refused.
   */
  def decideAnew(spark: SparkSession): Unit =
    if (description.spec.latest) {
      LatestModels.forget(spark.sparkContext, description, options.in(settings))
    }

  /**
   * Returns the function of the newest version, after its trial on an executor. Returns this
   * function if its version is the newest.
   */
  def refreshed(spark: SparkSession): PredictFunction = {
    val now = PredictFunction.of(asked, settings, options)
    if (now.description == description) this
    else {
      PredictFunction.tried(spark.sparkContext, now.description, options.in(settings))
      now
    }
  }
}

private[tfpredict] object PredictFunction {
  def of(spec: ModelSpec, settings: Settings, options: PredictOptions): PredictFunction = {
    val described = options.in(settings)
    val description = ModelDescription.of(spec, described)
    if (spec.latest) LatestModels.follow(description, described)
    val asked = description.spec.copy(version = spec.version, fingerprint = None)
    new PredictFunction(asked, description, settings, options)
  }

  /**
   * Creates a function for a live SparkSession. If only the driver can read the model, it is
   * shipped to the executors.
   */
  def of(spark: SparkSession, spec: ModelSpec, options: PredictOptions): PredictFunction = {
    val function = of(spec, Settings.from(spark), options)
    ShippedModels.ship(spark.sparkContext, function.description.spec)
    function
  }

  // A refresh repeats the trial and waits for its end.
  private def tried(sc: SparkContext, now: ModelDescription, settings: Settings): Unit = {
    Trial.forget(sc, now.spec, settings)
    val trial = Apart.run(sc, s"trial of ${now.spec.describe}")(Trial.run(sc, now.spec, settings))
    try trial.get()
    catch { case refused: ExecutionException => throw refused.getCause }
  }
}
