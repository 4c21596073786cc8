package tfpredict.ml

import scala.util.Try

import org.apache.spark.ml.param._
import org.apache.spark.ml.param.shared.{HasInputCol, HasInputCols, HasOutputCol}

import tfpredict.messages.IllegalValue
import tfpredict.{ModelSpec, OnError, PredictOptions}

/** The params of [[SavedModelTransformer]]: those of a [[ModelSpec]] and of [[PredictOptions]]. */
private[ml] trait SavedModelParams extends Params
    with HasInputCol
    with HasInputCols
    with HasOutputCol {

  /** @group param */
  final val modelPath: Param[String] = new Param[String](
    this,
    "modelPath",
    "where the model is: a folder of version folders, or one that holds saved_model.pb"
  )

  // A string, since a word may name a version too; unset is the newest when transform is called.
  /** @group param */
  final val version: Param[String] = new Param[String](
    this,
    "version",
    "the version to use: a number, or latest for the highest complete one of each query; if it is not set, the highest complete one when transform is called",
    valid(
      "version",
      "a number such as 3, or latest; not set, it is the highest complete one"
    )((text: String) => text == ModelSpec.Latest || Try(text.toLong).toOption.exists(_ >= 0))
  )

  /** @group param */
  final val tags: StringArrayParam = new StringArrayParam(this, "tags", "the tags of the graph")

  /** @group param */
  final val signature: Param[String] =
    new Param[String](this, "signature", "the signature that serves")

  /** @group param */
  final val outputs: StringArrayParam = new StringArrayParam(
    this,
    "outputs",
    "the outputs that are wanted, in this order; none means all, in the order of their names"
  )

  /** @group param */
  final val batchSize: IntParam = new IntParam(
    this,
    "batchSize",
    "rows that go through the model at once, at most; if it is not set, spark.tfpredict.batch.rows",
    valid("batchSize", "at least 1")((rows: Int) => rows > 0)
  )

  /** @group param */
  final val onError: Param[String] = new Param[String](
    this,
    "onError",
    s"what becomes of a row that the model cannot take: $modes",
    valid("onError", s"one of $modes")(OnError.all.map(_.name).contains(_: String))
  )

  /** @group param */
  final val modelVersion: BooleanParam = new BooleanParam(
    this,
    "modelVersion",
    "whether every result is a struct of value and model_version"
  )

  setDefault(
    // What Spark's evaluators look for.
    outputCol -> "prediction",
    tags -> Array("serve"),
    signature -> "serving_default",
    outputs -> Array.empty[String],
    onError -> OnError.Fail.name,
    modelVersion -> false
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

  private def modes: String = OnError.all.mkString(", ")

  // It throws by itself: Spark's own sentence does not tell what would be valid.
  private def valid[A](name: String, expected: String)(isValid: A => Boolean): A => Boolean =
    value => {
      IllegalValue.unless(isValid(value), s"$uid: $name is $value; it must be $expected")
      true
    }
}
