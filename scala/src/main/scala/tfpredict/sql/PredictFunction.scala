package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.model.ModelDescription
import tfpredict.savedmodel.ShippedModels
import tfpredict.{ModelSpec, PredictOptions, Settings}

/**
 * A model as a function of columns: what `register` gives a name and `functions.predict` calls at
 * once.
 */
final private[tfpredict] class PredictFunction(
    val description: ModelDescription,
    settings: Settings
) {

  def apply(name: String, arguments: Seq[Expression]): Expression =
    Predict(arguments, name, description.spec, description.signature, settings)

  def column(spark: SparkSession, columns: Seq[Column]): Column = {
    Extensions.install(spark)
    SparkLine.column(apply("predict", columns.map(SparkLine.expression)))
  }

  /** Makes the function known to this SparkSession's SQL. */
  def register(spark: SparkSession, name: String): Unit = {
    PredictFunction.checkName(name)
    Extensions.install(spark)
    SparkLine.register(spark, name, apply(name, _))
  }
}

private[tfpredict] object PredictFunction {
  def of(spec: ModelSpec, settings: Settings): PredictFunction =
    new PredictFunction(ModelDescription.of(spec, settings), settings)

  /**
   * What a live SparkSession calls. A model that only the driver has is on its way to the executors
   * then.
   */
  def of(spark: SparkSession, spec: ModelSpec, options: PredictOptions): PredictFunction = {
    val function = of(spec, options.in(Settings.from(spark.sparkContext)))
    ShippedModels.ship(spark.sparkContext, function.description.spec)
    function
  }

  def checkName(name: String): Unit =
    require(
      name.matches("[A-Za-z_][A-Za-z0-9_]*"),
      s"""function name "$name": expected letters, digits and underscores, the first no digit"""
    )
}
