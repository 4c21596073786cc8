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
 * A model as a function of columns: what `register` gives a name and `functions.predict` calls at
 * once.
 *
 * @param asked
 *   the spec before its version was decided
 * @param settings
 *   what whoever started Spark says; a session's own are read for each call
 */
final private[tfpredict] class PredictFunction(
    asked: ModelSpec,
    val description: ModelDescription,
    settings: Settings,
    options: PredictOptions
) {

  /** A call, written in the active session. */
  def apply(name: String, arguments: Seq[Expression]): Expression = {
    val signature = description.signature
    val (passed, binding) =
      Binding.of(arguments, signature.inputs.map(_.name), SQLConf.get.caseSensitiveAnalysis)
    // Not the SQLConf's: a view is analyzed with another, which has none of these.
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

  /** Columns by position, then some by their inputs' names. */
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

  /** The name has what is newest now, whatever another registration of the model has decided. */
  def decideAnew(spark: SparkSession): Unit =
    if (description.spec.latest) {
      LatestModels.forget(spark.sparkContext, description, options.in(settings))
    }

  /** The same with what is newest now, after an executor has tried it; this if that is the same. */
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
   * What a live SparkSession calls. A model that only the driver has is on its way to the executors
   * then.
   */
  def of(spark: SparkSession, spec: ModelSpec, options: PredictOptions): PredictFunction = {
    val function = of(spec, Settings.from(spark), options)
    ShippedModels.ship(spark.sparkContext, function.description.spec)
    function
  }

  // Whoever asks for it by name has it tried again, and waits for that.
  private def tried(sc: SparkContext, now: ModelDescription, settings: Settings): Unit = {
    Trial.forget(sc, now.spec, settings)
    val trial = Apart.run(sc, s"trial of ${now.spec.describe}")(Trial.run(sc, now.spec, settings))
    try trial.get()
    catch { case refused: ExecutionException => throw refused.getCause }
  }
}
