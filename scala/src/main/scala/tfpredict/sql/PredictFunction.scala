package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.Expression
import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.model.ModelDescription
import tfpredict.{ModelSpec, Settings}

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

  def column(columns: Seq[Column]): Column =
    SparkLine.column(apply("predict", columns.map(SparkLine.expression)))

  /** Makes the function known to this SparkSession's SQL. */
  def register(spark: SparkSession, name: String): Unit = {
    require(
      name.matches("[A-Za-z_][A-Za-z0-9_]*"),
      s"""function name "$name": expected letters, digits and underscores, the first no digit"""
    )
    SparkLine.register(spark, name, apply(name, _))
  }
}

private[tfpredict] object PredictFunction {
  def of(spark: SparkSession, spec: ModelSpec): PredictFunction = {
    val settings = Settings.from(spark.sparkContext.getConf)
    new PredictFunction(ModelDescription.of(spec, settings), settings)
  }
}
