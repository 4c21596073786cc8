package tfpredict.options

import org.apache.spark.SparkConf

import tfpredict.{ModelSpec, OnError, PredictOptions}

/**
 * A function that the configuration names: `spark.tfpredict.models.<name>` is its model's path, and
 * `spark.tfpredict.models.<name>.<option>` what `register` would be told. A session starts whatever
 * they say; what is wrong with them is said when the function is called.
 */
final private[tfpredict] case class NamedModel(name: String, values: Map[String, String]) {
  import NamedModel._

  /** @throws IllegalArgumentException if there is no path, or an option that there is not */
  def spec: ModelSpec = {
    values.keySet.diff(Options.toSet + Path).foreach(odd =>
      refuse(odd, s"no option; there are ${Options.mkString(", ")}")
    )
    val path = values.getOrElse(Path, refuse(Path, "missing: it is the model's path"))
    val version = values.get(Version)
    version.filterNot(word => word == ModelSpec.Latest || word.matches("[0-9]{1,18}")).foreach {
      odd => refuse(Version, s"$odd: expected a number or latest")
    }
    ModelSpec(path, signature = values.getOrElse(SignatureName, "serving_default")).at(version)
  }

  def predictOptions: PredictOptions =
    PredictOptions(onError = values.get(OnErrors).fold[OnError](OnError.Fail)(OnError.of))

  /** Whether it may have the name of one of Spark's own functions. */
  def replaces: Boolean = values.get(Replace).exists(_.toBoolean)

  def path: String = values.getOrElse(Path, "")

  private def refuse(option: String, what: String): Nothing =
    throw new IllegalArgumentException(
      s"$Prefix$name${if (option.isEmpty) "" else s".$option"} is $what"
    )
}

private[tfpredict] object NamedModel {
  val Prefix = "spark.tfpredict.models."

  private val Path = ""
  private val Version = "version"
  private val SignatureName = "signature"
  private val OnErrors = "onError"
  private val Replace = "replace"
  private val Options = Seq(OnErrors, SignatureName, Version, Replace)

  def in(conf: SparkConf): Seq[NamedModel] =
    conf
      .getAllWithPrefix(Prefix)
      .toSeq
      .map { case (key, value) =>
        val (name, option) = key.span(_ != '.')
        (name, option.drop(1) -> value)
      }
      .groupBy(_._1)
      .map { case (name, found) => NamedModel(name, found.map(_._2).toMap) }
      .toSeq
}
