package tfpredict

import org.apache.spark.sql.{Column, DataFrame, Dataset, SparkSession}

import tfpredict.sql.PredictFunction

/** Models as functions of DataFrame columns. */
object functions {

  /**
   * Returns a column with the model's prediction, without registering a name.
   *
   * Pass one column for each input of the signature. If all columns have the inputs' names, they
   * are matched by name, in any order. Otherwise they are matched by position, in alphabetical
   * order of the inputs' names. One struct column with a field for each input is accepted too.
   *
   * {{{
   * df.withColumn("y_preds", predict(ModelSpec("data/linear_model"), col("features")))
   * }}}
   *
   * An output of shape `[batch]` or `[batch, 1]` gives a single value, any other an array, nested
   * as the tensor is. Several outputs give a struct. A row with a null input has a null result.
   * Wrong columns raise Spark's `AnalysisException`.
   *
   * @param spec
   *   the model's path, version and signature
   * @param columns
   *   the inputs' columns
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalStateException
   *   if no SparkSession is active
   * @since 0.1.0
   */
  def predict(spec: ModelSpec, columns: Column*): Column =
    predict(spec, PredictOptions(), columns: _*)

  /**
   * Returns a column with the model's prediction, with options.
   *
   * @param spec
   *   the model's path, version and signature
   * @param options
   *   batch size, handling of rejected rows, and whether results hold the version
   * @param columns
   *   the inputs' columns
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalStateException
   *   if no SparkSession is active
   */
  def predict(spec: ModelSpec, options: PredictOptions, columns: Column*): Column = {
    val spark = SparkSession.active
    PredictFunction.of(spark, spec, options).column(spark, columns)
  }

  /**
   * Returns a column with the model's prediction, with each input's column given by the input's
   * name.
   *
   * {{{
   * df.select(predict(ModelSpec("data/total"), Map("b" -> col("x"), "a" -> col("y"))))
   * }}}
   *
   * @param columns
   *   for each input's name its column
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalStateException
   *   if no SparkSession is active
   * @since 0.1.0
   */
  def predict(spec: ModelSpec, columns: Map[String, Column]): Column =
    predict(spec, PredictOptions(), columns)

  /**
   * Returns a column with the model's prediction, with inputs given by name, and options.
   *
   * @param spec
   *   the model's path, version and signature
   * @param options
   *   batch size, handling of rejected rows, and whether results hold the version
   * @param columns
   *   for each input's name its column
   * @throws TfpredictException
   *   if there is no such model, or it cannot run
   * @throws IllegalStateException
   *   if no SparkSession is active
   */
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
   * @since 0.1.0
   */
  def withPredictions(
      spec: ModelSpec,
      output: String,
      columns: Column*
  ): Dataset[_] => DataFrame = withPredictions(spec, PredictOptions(), output, columns: _*)

  /** Returns the same step, with options. */
  def withPredictions(
      spec: ModelSpec,
      options: PredictOptions,
      output: String,
      columns: Column*
  ): Dataset[_] => DataFrame =
    table => table.withColumn(output, predict(spec, options, columns: _*))

  /** Returns a prediction with some columns by position, followed by others by name, as in SQL. */
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
