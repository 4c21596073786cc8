package tfpredict

import org.apache.spark.sql.{Column, DataFrame, Dataset, SparkSession}

import tfpredict.sql.PredictFunction

/** Models as functions of DataFrame columns. */
object functions {

  /**
   * The model's prediction from these columns, one for each input of its signature, without
   * registering a name. Columns that have exactly the inputs' names go by name, in any order;
   * others by position, in the order of the inputs' names.
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

  /**
   * The same, with the column of each input by the input's name.
   *
   * {{{
   * df.select(predict(ModelSpec("data/total"), Map("b" -> col("x"), "a" -> col("y"))))
   * }}}
   *
   * @since 0.2.0
   */
  def predict(spec: ModelSpec, columns: Map[String, Column]): Column =
    predict(spec, PredictOptions(), columns)

  /** The same, with options. */
  def predict(spec: ModelSpec, options: PredictOptions, columns: Map[String, Column]): Column =
    predict(spec, options, Nil, columns.toSeq)

  /**
   * A step for `transform`, which adds a model's predictions to a table as one more column.
   *
   * {{{
   * df.transform(withPredictions(ModelSpec("data/linear_model"), "y_preds", col("features")))
   * }}}
   *
   * @param output
   *   the name of the new column; a column of that name is replaced, as by `withColumn`
   * @param columns
   *   one for each input, as for `predict`
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @since 0.2.0
   */
  def withPredictions(
      spec: ModelSpec,
      output: String,
      columns: Column*
  ): Dataset[_] => DataFrame = withPredictions(spec, PredictOptions(), output, columns: _*)

  /** The same, with options. */
  def withPredictions(
      spec: ModelSpec,
      options: PredictOptions,
      output: String,
      columns: Column*
  ): Dataset[_] => DataFrame =
    table => table.withColumn(output, predict(spec, options, columns: _*))

  /** Columns by position, then some by name, as in SQL. */
  private[tfpredict] def predict(
      spec: ModelSpec,
      options: PredictOptions,
      columns: Seq[Column],
      named: Seq[(String, Column)]
  ): Column = {
    val spark = SparkSession.active
    PredictFunction.of(spark, spec, options).column(spark, columns, named)
  }
}
