package tfpredict

import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.sql.PredictFunction

/** Models as functions of DataFrame columns. */
object functions {

  /**
   * The model's prediction from these columns, one for each input of its signature, without
   * registering a name.
   *
   * {{{
   * df.withColumn("y_preds", predict(ModelSpec("data/linear_model"), col("features")))
   * }}}
   *
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalStateException
   *   if no SparkSession is active
   * @since 0.1.0
   */
  def predict(spec: ModelSpec, columns: Column*): Column =
    predict(spec, PredictOptions(), columns: _*)

  /** The same, with options. */
  def predict(spec: ModelSpec, options: PredictOptions, columns: Column*): Column = {
    val spark = SparkSession.active
    PredictFunction.of(spark, spec, options).column(spark, columns)
  }
}
