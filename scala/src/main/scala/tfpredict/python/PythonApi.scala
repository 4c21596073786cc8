package tfpredict.python

import java.util.{List => JList, Map => JMap}

import scala.collection.JavaConverters._

import org.apache.spark.sql.{Column, SparkSession}

import tfpredict.rdd.ExecutorLoads
import tfpredict.{
  ModelSpec,
  OnError,
  PredictOptions,
  RegisteredModel,
  TensorSpec,
  Tfpredict,
  functions
}

/** What Python calls: flat, Java types only, no overloads, one call for each Python function. */
object PythonApi {

  def version(): String = Tfpredict.version

  /**
   * @param version
   *   null for the highest complete one
   * @param batchRows
   *   null for the setting
   * @param onError
   *   fail, null or struct
   */
  def register(
      spark: SparkSession,
      path: String,
      name: String,
      version: java.lang.Long,
      tags: JList[String],
      signature: String,
      outputs: JList[String],
      batchRows: java.lang.Integer,
      onError: String,
      modelVersion: Boolean
  ): JMap[String, Object] =
    describe(
      Tfpredict.register(
        spark,
        spec(path, version, tags, signature, outputs),
        name,
        options(batchRows, onError, modelVersion)
      )
    )

  def predict(
      path: String,
      columns: JList[Column],
      version: java.lang.Long,
      tags: JList[String],
      signature: String,
      outputs: JList[String],
      batchRows: java.lang.Integer,
      onError: String,
      modelVersion: Boolean
  ): Column =
    functions.predict(
      spec(path, version, tags, signature, outputs),
      options(batchRows, onError, modelVersion),
      columns.asScala.toSeq: _*
    )

  /**
   * For each executor and model: executor, process, path, version (-1 for none) and number of
   * loads.
   */
  def executorLoads(spark: SparkSession): JList[JMap[String, Object]] =
    ExecutorLoads
      .of(spark.sparkContext)
      .map { loads =>
        Map[String, Object](
          "executor" -> loads.executor,
          "process" -> loads.process,
          "path" -> loads.path,
          "version" -> Long.box(loads.version),
          "loads" -> Int.box(loads.loads)
        ).asJava
      }
      .asJava

  /** Follows the session's jobs until it is closed. */
  def watch(spark: SparkSession): JobWatch = new JobWatch(spark.sparkContext)

  /** Whether the driver's JVM has asked for TensorFlow's native library. */
  def isNativeOnDriver(): Boolean = ExecutorLoads.isNativeHere

  private def options(
      batchRows: java.lang.Integer,
      onError: String,
      modelVersion: Boolean
  ): PredictOptions =
    PredictOptions(Option(batchRows).map(_.intValue), OnError.of(onError), modelVersion)

  private def spec(
      path: String,
      version: java.lang.Long,
      tags: JList[String],
      signature: String,
      outputs: JList[String]
  ): ModelSpec =
    ModelSpec(
      path,
      Option(version).map(_.longValue),
      tags.asScala.toSet,
      signature,
      outputs.asScala.toList
    )

  private def describe(model: RegisteredModel): JMap[String, Object] =
    Map[String, Object](
      "name" -> model.name,
      "path" -> model.spec.path,
      "version" -> model.spec.version.map(Long.box).orNull,
      "signature" -> model.signature.name,
      "fingerprint" -> model.spec.fingerprint.orNull,
      "inputs" -> model.signature.inputs.map(describe).asJava,
      "outputs" -> model.signature.outputs.map(describe).asJava
    ).asJava

  private def describe(tensor: TensorSpec): String = tensor.describe
}
