package tfpredict.sql

import java.util.concurrent.ExecutionException

import org.apache.spark.SparkContext
import org.apache.spark.sql.catalyst.FunctionIdentifier
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry
import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.model.{Apart, ModelDescription, Trial}
import tfpredict.savedmodel.ShippedModels
import tfpredict.{ModelSpec, PredictOptions, Settings}

/**
 * A model as a function of columns: what `register` gives a name and `functions.predict` calls at
 * once.
 *
 * @param asked
 *   the spec before its version was decided
 */
final private[tfpredict] class PredictFunction(
    asked: ModelSpec,
    val description: ModelDescription,
    settings: Settings
) {

  def apply(name: String, arguments: Seq[Expression]): Expression = {
    val (now, newer) =
      if (description.spec.latest) LatestModels.write(description, settings)
      else (description, None)
    Predict(arguments, name, now.spec, now.signature, settings, newer)
  }

  def column(spark: SparkSession, columns: Seq[Column]): Column = {
    Extensions.install(spark)
    SparkLine.column(apply("predict", columns.map(SparkLine.expression)))
  }

  /** Makes the function known to this SparkSession's SQL. */
  def register(spark: SparkSession, name: String): Unit = {
    PredictFunction.checkName(name)
    Extensions.install(spark)
    if (description.spec.latest) LatestModels.forget(spark.sparkContext, description, settings)
    val builder = new PredictBuilder(name, () => this)
    SparkLine.register(spark, name, new PredictUsage(name, builder), builder)
  }

  /** The same with what is newest now, after an executor has tried it; this if that is the same. */
  private def refreshed(spark: SparkSession): PredictFunction = {
    val now = PredictFunction.of(asked, settings)
    if (now.description == description) this
    else {
      PredictFunction.tried(spark.sparkContext, now.description, settings)
      now
    }
  }
}

/**
 * What Spark's registry of functions keeps for a name. The model is looked at when it is needed.
 */
final private[sql] class PredictBuilder(name: String, find: () => PredictFunction)
    extends (Seq[Expression] => Expression) {
  lazy val function: PredictFunction = find()

  override def apply(arguments: Seq[Expression]): Expression = function(name, arguments)
}

private[tfpredict] object PredictFunction {
  def of(spec: ModelSpec, settings: Settings): PredictFunction = {
    val description = ModelDescription.of(spec, settings)
    if (spec.latest) LatestModels.follow(description, settings)
    val asked = description.spec.copy(version = spec.version, fingerprint = None)
    new PredictFunction(asked, description, settings)
  }

  /**
   * What a live SparkSession calls. A model that only the driver has is on its way to the executors
   * then.
   */
  def of(spark: SparkSession, spec: ModelSpec, options: PredictOptions): PredictFunction = {
    val function = of(spec, options.in(Settings.from(spark.sparkContext)))
    ShippedModels.ship(spark.sparkContext, function.description.spec)
    function
  }

  /**
   * Gives the name to what is newest now.
   *
   * @throws IllegalArgumentException
   *   if no model has the name in this session
   */
  def refresh(spark: SparkSession, name: String): PredictFunction = {
    val registry = spark.sessionState.functionRegistry
    val builder = registry.lookupFunctionBuilder(FunctionIdentifier(name)) match {
      case Some(builder: PredictBuilder) => builder
      case _ => throw new IllegalArgumentException(unknown(registry, name))
    }
    val refreshed = builder.function.refreshed(spark)
    refreshed.register(spark, name)
    refreshed
  }

  // Whoever asks for it by name has it tried again, and waits for that.
  private def tried(sc: SparkContext, now: ModelDescription, settings: Settings): Unit = {
    Trial.forget(sc, now.spec, settings)
    val trial = Apart.run(sc, s"trial of ${now.spec.describe}")(Trial.run(sc, now.spec, settings))
    try trial.get()
    catch { case refused: ExecutionException => throw refused.getCause }
  }

  private def unknown(registry: FunctionRegistry, name: String): String = {
    val known = registry.listFunction().filter(function =>
      registry.lookupFunctionBuilder(function).exists(_.isInstanceOf[PredictBuilder])
    )
    val names = if (known.isEmpty) "there is none" else known.map(_.funcName).mkString(", ")
    s"no model is registered as $name in this session; registered: $names"
  }

  def checkName(name: String): Unit =
    require(
      name.matches("[A-Za-z_][A-Za-z0-9_]*"),
      s"""function name "$name": expected letters, digits and underscores, the first no digit"""
    )
}
