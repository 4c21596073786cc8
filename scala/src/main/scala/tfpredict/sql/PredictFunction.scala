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
   * @param batchRows
   *   in place of the setting
   */
  def of(spark: SparkSession, spec: ModelSpec, batchRows: Option[Int]): PredictFunction = {
    batchRows.foreach(rows => require(rows > 0, s"a batch of $rows rows; it must be at least 1"))
    val settings = Settings.from(spark.sparkContext.getConf)
    of(spec, settings.copy(batchRows = batchRows.getOrElse(settings.batchRows)))
  }

  def checkName(name: String): Unit =
    require(
      name.matches("[A-Za-z_][A-Za-z0-9_]*"),
      s"""function name "$name": expected letters, digits and underscores, the first no digit"""
    )
}
