package tfpredict.options

import java.util.{List => JList}

import scala.collection.JavaConverters._

import tfpredict.{ModelSpec, OnError}

/**
 * An option of a model's function, declared once for all interfaces. It parses the settings
 * `spark.tfpredict.models.<name>.<option>` and the arguments from Python, and defines the ML
 * stage's params. Tests compare it with the arguments in Scala and Python, the shell's flags and
 * the documents.
 *
 * @param name
 *   the name in settings and in the ML stage, such as `batchSize`. Python has `batch_size`, the
 *   shell `--batch-size`.
 * @param kind
 *   the kind of value, as words that follow "expected"
 * @param default
 *   the value if none is given
 * @param doc
 *   the option's meaning
 * @param meaning
 *   parses a value from settings or Python. Undefined for an invalid value.
 */
final private[tfpredict] class ModelOption[A](
    val name: String,
    val kind: String,
    val default: A,
    val doc: String,
    meaning: PartialFunction[Any, A]
) {

  /** Parses a value, or returns none if it is invalid. */
  def of(stated: Any): Option[A] = meaning.lift(stated)

  /** The default in the form of settings, or an empty string if there is none. */
  def defaultWord: String = (default: Any) match {
    case None | Nil => ""
    case words: Seq[_] => words.mkString(",")
    case other => other.toString
  }
}

private[tfpredict] object ModelOption {

  val Version: ModelOption[Option[String]] = new ModelOption[Option[String]](
    "version",
    "a number or latest",
    None,
    "Version that serves: a number, or latest for the highest complete version at each query. By default the highest complete version, chosen once.",
    {
      case ModelSpec.Latest => Some(ModelSpec.Latest)
      case number @ (_: String | _: Number) if number.toString.matches("[0-9]{1,18}") =>
        Some(number.toString)
    }
  )

  val Tags: ModelOption[Seq[String]] =
    new ModelOption("tags", "words", Seq("serve"), "Tags of the graph.", words)

  val SignatureName: ModelOption[String] = new ModelOption(
    "signature",
    "a name",
    "serving_default",
    "Signature that serves.",
    { case name: String => name }
  )

  val Outputs: ModelOption[Seq[String]] = new ModelOption(
    "outputs",
    "names",
    Nil,
    "Outputs to return, in this order. By default all, in alphabetical order.",
    words
  )

  val BatchSize: ModelOption[Option[Int]] = new ModelOption[Option[Int]](
    "batchSize",
    "at least 1",
    None,
    "Maximum rows per batch. By default spark.tfpredict.batch.rows.",
    {
      case rows: Number if rows.longValue > 0 && rows.longValue <= Int.MaxValue =>
        Some(rows.intValue)
      case rows: String if rows.matches("[0-9]{1,9}") && rows.toInt > 0 => Some(rows.toInt)
    }
  )

  val OnErrors: ModelOption[OnError] = new ModelOption[OnError](
    "onError",
    s"one of ${OnError.all.mkString(", ")}",
    OnError.Fail,
    "Handling of rejected rows: fail the task, give null, or give every row a struct of value and error.",
    { case word: String if OnError.all.exists(_.name == word) => OnError.of(word) }
  )

  val ModelVersion: ModelOption[Boolean] = new ModelOption(
    "modelVersion",
    "true or false",
    false,
    "Whether every result is a struct of value and model_version.",
    flag
  )

  /** Applies to registered names only. */
  val Replace: ModelOption[Boolean] = new ModelOption(
    "replace",
    "true or false",
    false,
    "Whether the name may replace a function that is not a model's, such as sum.",
    flag
  )

  /** The options that apply to any call of a model. */
  val ofCalls: Seq[ModelOption[_]] =
    Seq(Version, Tags, SignatureName, Outputs, BatchSize, OnErrors, ModelVersion)

  val all: Seq[ModelOption[_]] = ofCalls :+ Replace

  // Settings separate names by commas. A name that contains a comma can only come from Python.
  private def words: PartialFunction[Any, Seq[String]] = {
    case text: String => text.split(",").map(_.trim).filter(_.nonEmpty).toSeq
    case list: JList[_] => list.asScala.map(_.toString).toList
  }

  private def flag: PartialFunction[Any, Boolean] = {
    case word @ ("true" | "false") => word == "true"
    case flag: java.lang.Boolean => flag
  }
}
