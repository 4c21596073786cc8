package tfpredict.options

import java.util.regex.Pattern

import scala.util.Try

import org.apache.spark.SparkConf

import tfpredict.messages.{ErrorClass, IllegalValue}
import tfpredict.{ModelSpec, PredictOptions}

/**
 * A function declared in the configuration. `spark.tfpredict.models.<name>` is the model's path,
 * and `spark.tfpredict.models.<name>.<option>` a [[ModelOption]]. Invalid values do not stop a
 * session from starting; calling the function reports them.
 *
 * @param values
 *   the values by option name. The path has the empty name.
 */
final private[tfpredict] case class NamedModel(name: String, values: Map[String, String]) {
  import NamedModel._

  private def options = new ModelOptions(values - Path, key)

  /** @throws IllegalArgumentException if the path is missing, or an option does not exist */
  def spec: ModelSpec = {
    options.checkNames()
    val stated = values.getOrElse(
      Path,
      throw IllegalValue.of(
        ErrorClass.SettingValue,
        s"the model's path in ${key(Path)}",
        "no such setting",
        "Set it to the model's folder when Spark starts."
      )
    )
    options.spec(stated)
  }

  def predictOptions: PredictOptions = options.ofCalls

  /** Whether it may replace one of Spark's own functions. */
  def replaces: Boolean = Try(options.replaces).getOrElse(false)

  /** What is wrong with one of its keys, if it is one of its keys. */
  def problem(name: String): Option[String] =
    if (!values.keys.exists(key(_) == name)) None
    else
      Try((spec, predictOptions)).failed.toOption.map(_.getMessage).filter { why =>
        // Its own key, and not one that begins with it.
        !values.contains(Path) || s"${Pattern.quote(name)}(?!\\.?\\w)".r.findFirstIn(why).isDefined
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
