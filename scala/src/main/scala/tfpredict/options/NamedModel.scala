package tfpredict.options

import scala.util.Try

import org.apache.spark.SparkConf

import tfpredict.{ModelSpec, PredictOptions}

/**
 * A function that the configuration names: `spark.tfpredict.models.<name>` is its model's path, and
 * `spark.tfpredict.models.<name>.<option>` a [[ModelOption]] of it. A session starts whatever they
 * say; what is wrong with them is said when the function is called.
 *
 * @param values
 *   by the options; the path has the empty name
 */
final private[tfpredict] case class NamedModel(name: String, values: Map[String, String]) {
  import NamedModel._

  private def options = new ModelOptions(values - Path, key)

  /** @throws IllegalArgumentException if there is no path, or an option that there is not */
  def spec: ModelSpec = {
    options.checkNames()
    val stated = values.getOrElse(
      Path,
      throw new IllegalArgumentException(s"${key(Path)} is missing: it is the model's path")
    )
    options.spec(stated)
  }

  def predictOptions: PredictOptions = options.ofCalls

  /** Whether it may have the name of one of Spark's own functions. */
  def replaces: Boolean = Try(options.replaces).getOrElse(false)

  /** What is wrong with one of its keys, if it is one of its keys. */
  def problem(name: String): Option[String] =
    if (!values.keys.exists(key(_) == name)) None
    else
      Try((spec, predictOptions)).failed.toOption.map(_.getMessage).filter { why =>
        !values.contains(Path) || why.startsWith(s"$name ")
      }

  def path: String = values.getOrElse(Path, "")

  private def key(option: String): String =
    s"$Prefix$name${if (option.isEmpty) "" else s".$option"}"
}

private[tfpredict] object NamedModel {
  val Prefix = "spark.tfpredict.models."

  private val Path = ""

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
