package tfpredict.ml

import org.apache.spark.ml.param._
import org.apache.spark.ml.param.shared.{HasInputCol, HasInputCols, HasOutputCol}

import tfpredict.messages.{ErrorClass, IllegalValue}
import tfpredict.options.ModelOption
import tfpredict.options.ModelOption._
import tfpredict.{ModelSpec, OnError, PredictOptions}

/** The params of [[SavedModelTransformer]]: a model's path, and each [[ModelOption]] of calls. */
private[ml] trait SavedModelParams extends Params
    with HasInputCol
    with HasInputCols
    with HasOutputCol {

  /**
   * Path of the model: a folder of version folders, or one that holds `saved_model.pb`.
   *
   * @group param
   */
  final val modelPath: Param[String] = new Param[String](
    this,
    "modelPath",
    "Path of the model: a folder of version folders, or a folder with saved_model.pb."
  )

  // A string and not a number, since `latest` is a value too.
  /**
   * Version to run: a number, or `latest` for the highest complete version of each query. By
   * default the highest complete version when `transform` is called.
   *
   * @group param
   */
  final val version: Param[String] =
    new Param[String](this, Version.name, Version.doc, valid(Version)(_: String))

  /**
   * Tags of the graph to load.
   *
   * @group param
   */
  final val tags: StringArrayParam = new StringArrayParam(this, Tags.name, Tags.doc)

  /**
   * Name of the signature to run.
   *
   * @group param
   */
  final val signature: Param[String] =
    new Param[String](this, SignatureName.name, SignatureName.doc)

  /**
   * Names of the outputs to return, in this order. By default all, in the order of their names.
   *
   * @group param
   */
  final val outputs: StringArrayParam = new StringArrayParam(this, Outputs.name, Outputs.doc)

  /**
   * Maximum number of rows per batch. By default `spark.tfpredict.batch.rows`.
   *
   * @group param
   */
  final val batchSize: IntParam =
    new IntParam(this, BatchSize.name, BatchSize.doc, (rows: Int) => valid(BatchSize)(rows))

  /**
   * Handling of a rejected row: `fail`, `null` or `struct`.
   *
   * @group param
   */
  final val onError: Param[String] =
    new Param[String](this, OnErrors.name, OnErrors.doc, valid(OnErrors)(_: String))

  /**
   * Whether every result is a struct of `value` and `model_version`.
   *
   * @group param
   */
  final val modelVersion: BooleanParam =
    new BooleanParam(this, ModelVersion.name, ModelVersion.doc)

  setDefault(
    // The default column of Spark's evaluators.
    outputCol -> "prediction",
    tags -> Tags.default.toArray,
    signature -> SignatureName.default,
    outputs -> Outputs.default.toArray,
    onError -> OnErrors.default.name,
    modelVersion -> ModelVersion.default
  )

  /** @group getParam */
  final def getModelPath: String = $(modelPath)

  /** @group getParam */
  final def getVersion: String = $(version)

  /** @group getParam */
  final def getTags: Array[String] = $(tags)

  /** @group getParam */
  final def getSignature: String = $(signature)

  /** @group getParam */
  final def getOutputs: Array[String] = $(outputs)

  /** @group getParam */
  final def getBatchSize: Int = $(batchSize)

  /** @group getParam */
  final def getOnError: String = $(onError)

  /** @group getParam */
  final def getModelVersion: Boolean = $(modelVersion)

  protected def spec: ModelSpec = {
    IllegalValue.unless(isSet(modelPath), ErrorClass.ArgumentValue)(
      s"a modelPath for $uid",
      "none",
      "Set it to the folder of a SavedModel."
    )
    ModelSpec(
      $(modelPath),
      tags = $(tags).toSet,
      signature = $(signature),
      outputs = $(outputs).toList
    ).at(get(version))
  }

  protected def options: PredictOptions =
    PredictOptions(get(batchSize), OnError.of($(onError)), $(modelVersion))

  // Fails with a message of its own, since Spark's does not give the valid values.
  private def valid(option: ModelOption[_])(value: Any): Boolean = {
    IllegalValue.unless(option.of(value).isDefined, ErrorClass.ArgumentValue)(
      s"${option.kind} for ${option.name} of $uid",
      s"$value",
      "Set such a value."
    )
    true
  }
}
