package tfpredict.ml

import org.apache.spark.ml.param._
import org.apache.spark.ml.param.shared.{HasInputCol, HasInputCols, HasOutputCol}

import tfpredict.messages.IllegalValue
import tfpredict.options.ModelOption
import tfpredict.options.ModelOption._
import tfpredict.{ModelSpec, OnError, PredictOptions}

/** The params of [[SavedModelTransformer]]: a model's path, and each [[ModelOption]] of calls. */
private[ml] trait SavedModelParams extends Params
    with HasInputCol
    with HasInputCols
    with HasOutputCol {

  /** @group param */
  final val modelPath: Param[String] = new Param[String](
    this,
    "modelPath",
    "Path of the model: a folder of version folders, or a folder with saved_model.pb."
  )

  // A string, since a word may name a version too.
  /** @group param */
  final val version: Param[String] =
    new Param[String](this, Version.name, Version.doc, valid(Version)(_: String))

  /** @group param */
  final val tags: StringArrayParam = new StringArrayParam(this, Tags.name, Tags.doc)

  /** @group param */
  final val signature: Param[String] =
    new Param[String](this, SignatureName.name, SignatureName.doc)

  /** @group param */
  final val outputs: StringArrayParam = new StringArrayParam(this, Outputs.name, Outputs.doc)

  /** @group param */
  final val batchSize: IntParam =
    new IntParam(this, BatchSize.name, BatchSize.doc, (rows: Int) => valid(BatchSize)(rows))

  /** @group param */
  final val onError: Param[String] =
    new Param[String](this, OnErrors.name, OnErrors.doc, valid(OnErrors)(_: String))

  /** @group param */
  final val modelVersion: BooleanParam =
    new BooleanParam(this, ModelVersion.name, ModelVersion.doc)

  setDefault(
    // What Spark's evaluators look for.
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
    IllegalValue.unless(
      isSet(modelPath),
      s"$uid has no modelPath: set it to the folder of a SavedModel"
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

  // It throws by itself: Spark's own sentence does not tell what would be valid.
  private def valid(option: ModelOption[_])(value: Any): Boolean = {
    IllegalValue.unless(
      option.of(value).isDefined,
      s"$uid: ${option.name} is $value; it must be ${option.kind}"
    )
    true
  }
}
