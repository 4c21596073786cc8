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
 * A stage of a Spark ML pipeline that adds a column with a model's predictions. It runs in batches
 * on the executors, as a call in SQL does.
 *
 * {{{
 * new SavedModelTransformer()
 *   .setModelPath("data/linear_model")
 *   .setInputCol("features")
 *   .setOutputCol("prediction")
 *   .transform(df)
 * }}}
 *
 * Set `inputCol`, or set `inputCols` to one column for each input of the signature. Columns with
 * exactly the inputs' names are matched by name, others by position, in alphabetical order of the
 * inputs' names. A column may hold ML vectors in place of arrays. A model with one output gives a
 * single value or an array. One with several outputs gives a struct with a field for each output.
 *
 * Each call of `transform` resolves the version. `write` saves the params, including the model's
 * path, but not the model's files.
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
   * Returns the rows with the prediction as an additional column.
   *
   * @throws tfpredict.TfpredictException
   *   if there is no such model, or it cannot run
   * @throws org.apache.spark.sql.AnalysisException
   *   if an input column is missing, or has a wrong type
   * @throws IllegalArgumentException
   *   if params are missing, or the output column exists already
   */
  override def transform(dataset: Dataset[_]): DataFrame = {
    val rows = dataset.toDF()
    checkColumns(rows)
    withPrediction(rows, PredictFunction.of(rows.sparkSession, spec, options))
  }

  /**
   * Returns the schema of `transform`'s result, or fails as `transform` would. Reads the model's
   * files, but runs no job.
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

  // Spark's own analysis reports missing columns and wrong types.
  private def withPrediction(rows: DataFrame, function: PredictFunction): DataFrame =
    rows.withColumn($(outputCol), function.column(rows.sparkSession, inputs.map(col)))

  private def inputs: Seq[String] = get(inputCol).fold($(inputCols).toSeq)(Seq(_))

  private def checkColumns(rows: DataFrame): Unit = {
    ParamValidators.checkSingleVsMultiColumnParams(this, Seq(inputCol), Seq(inputCols))
    val isCaseSensitive = rows.sparkSession.conf.get("spark.sql.caseSensitive").toBoolean
    val same = rows.columns.find { name =>
      name == $(outputCol) || !isCaseSensitive && name.equalsIgnoreCase($(outputCol))
    }
    // `withColumn` would silently replace the column.
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

  /** Loads a saved stage, with the model's path exactly as it was set. */
  override def load(path: String): SavedModelTransformer = super.load(path)
}
