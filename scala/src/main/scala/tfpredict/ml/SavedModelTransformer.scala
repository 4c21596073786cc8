package tfpredict.ml

import java.util.Collections

import org.apache.spark.ml.Transformer
import org.apache.spark.ml.param.{ParamMap, ParamValidators}
import org.apache.spark.ml.util.{DefaultParamsReadable, DefaultParamsWritable, Identifiable}
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.types.StructType
import org.apache.spark.sql.{DataFrame, Dataset, Row, SparkSession}

import tfpredict.Settings
import tfpredict.messages.{ErrorClass, IllegalValue}
import tfpredict.sql.PredictFunction

/**
 * A model as a stage of a Spark ML pipeline: adds a column with its predictions, in batches, on the
 * executors, as a call in SQL does.
 *
 * {{{
 * new SavedModelTransformer()
 *   .setModelPath("data/linear_model")
 *   .setInputCol("features")
 *   .setOutputCol("prediction")
 *   .transform(df)
 * }}}
 *
 * Set `inputCol`, or `inputCols` with one column for each input of the signature: columns that have
 * exactly the inputs' names, or others in the order of those names. A column may hold vectors where
 * an array would do. The result is a single value or an array; a struct of these, by the outputs'
 * names, where the model has several outputs.
 *
 * Which version serves is decided each time `transform` is called. `write` keeps the params, the
 * model's path among them, and nothing of its files.
 *
 * @since 0.1.0
 */
final class SavedModelTransformer(override val uid: String)
    extends Transformer
    with SavedModelParams
    with DefaultParamsWritable {

  def this() = this(Identifiable.randomUID("SavedModelTransformer"))

  /** @group setParam */
  def setInputCol(value: String): this.type = set(inputCol, value)

  /** @group setParam */
  def setInputCols(value: Array[String]): this.type = set(inputCols, value)

  /** @group setParam */
  def setOutputCol(value: String): this.type = set(outputCol, value)

  /** @group setParam */
  def setModelPath(value: String): this.type = set(modelPath, value)

  /** @group setParam */
  def setVersion(value: Long): this.type = setVersion(value.toString)

  /** @group setParam */
  def setVersion(value: String): this.type = set(version, value)

  /** @group setParam */
  def setTags(value: Array[String]): this.type = set(tags, value)

  /** @group setParam */
  def setSignature(value: String): this.type = set(signature, value)

  /** @group setParam */
  def setOutputs(value: Array[String]): this.type = set(outputs, value)

  /** @group setParam */
  def setBatchSize(value: Int): this.type = set(batchSize, value)

  /** @group setParam */
  def setOnError(value: String): this.type = set(onError, value)

  /** @group setParam */
  def setModelVersion(value: Boolean): this.type = set(modelVersion, value)

  /**
   * The rows with one more column.
   *
   * @throws tfpredict.TfpredictException
   *   if there is no such model, or it cannot run
   * @throws org.apache.spark.sql.AnalysisException
   *   if there is no such column, or the model cannot take its type
   * @throws IllegalArgumentException
   *   if params are missing, or the output column is there already
   */
  override def transform(dataset: Dataset[_]): DataFrame = {
    val rows = dataset.toDF()
    checkColumns(rows)
    withPrediction(rows, PredictFunction.of(rows.sparkSession, spec, options))
  }

  /**
   * What `transform` would give for rows of this schema, or the exception that it would throw: the
   * model's files are read, and no job runs.
   *
   * @throws IllegalStateException
   *   if no SparkSession is active
   */
  override def transformSchema(schema: StructType): StructType = {
    val spark = SparkSession.active
    val rows = spark.createDataFrame(Collections.emptyList[Row], schema)
    checkColumns(rows)
    withPrediction(rows, PredictFunction.of(spec, Settings.from(spark), options)).schema
  }

  override def copy(extra: ParamMap): SavedModelTransformer = defaultCopy(extra)

  override def toString: String =
    s"$uid: modelPath=${get(modelPath).getOrElse("none")}, outputCol=${$(outputCol)}"

  // Spark's own analysis answers for missing columns and for wrong types.
  private def withPrediction(rows: DataFrame, function: PredictFunction): DataFrame =
    rows.withColumn($(outputCol), function.column(rows.sparkSession, inputs.map(col)))

  private def inputs: Seq[String] = get(inputCol).fold($(inputCols).toSeq)(Seq(_))

  private def checkColumns(rows: DataFrame): Unit = {
    ParamValidators.checkSingleVsMultiColumnParams(this, Seq(inputCol), Seq(inputCols))
    val isCaseSensitive = rows.sparkSession.conf.get("spark.sql.caseSensitive").toBoolean
    val same = rows.columns.find { name =>
      name == $(outputCol) || !isCaseSensitive && name.equalsIgnoreCase($(outputCol))
    }
    // Silently replaced otherwise: withColumn does so.
    same.foreach { name =>
      throw IllegalValue.of(
        ErrorClass.ColumnTaken,
        s"a new column's name for outputCol of $uid, which is ${$(outputCol)}",
        s"$name in ${rows.columns.mkString(", ")}",
        "Set another outputCol, or drop the column."
      )
    }
  }
}

object SavedModelTransformer extends DefaultParamsReadable[SavedModelTransformer] {

  /** What was saved, with the model's path as it was given. */
  override def load(path: String): SavedModelTransformer = super.load(path)
}
