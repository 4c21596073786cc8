package tfpredict.savedmodel.store

import scala.annotation.tailrec

/**
 * Reads the flavours from the text of an `MLmodel` file. The file is YAML. This reads the one form
 * that MLflow writes: block mappings, with values on the keys' own lines. Other keys are skipped. A
 * needed key in another form is refused.
 */
private[store] object MlmodelFile {
  private val Key = """( *)("?)([\w.-]+)\2:(?: +(.*))?""".r
  // The first characters of anchors, tags, text blocks, lists and flow forms.
  private val Other = "[&*!|>\\[{@`%?-]".r

  /** A key's line, with its indentation and its value. */
  private case class Line(number: Int, indent: Int, key: String, value: String)

  /**
   * The keys of each flavour that have plain values.
   *
   * @return
   *   on the left, the form that was found instead
   */
  def flavours(text: String): Either[String, Map[String, Map[String, String]]] = {
    val lines = text.linesIterator.zipWithIndex.toSeq.collect {
      case (Key(indent, _, key, value), index) =>
        Line(index + 1, indent.length, key, withoutComment(Option(value).getOrElse("")))
    }
    lines.filter(line => line.indent == 0 && line.key == "flavors") match {
      case Seq() => Left("no key flavors")
      case Seq(flavors) if flavors.value.nonEmpty =>
        Left(s"flavors in another form (line ${flavors.number})")
      case Seq(flavors) =>
        val below = lines.dropWhile(_ != flavors).drop(1).takeWhile(_.indent > 0)
        blocks(below, Map.empty)
      case several => Left(s"flavors twice (lines ${several.map(_.number).mkString(" and ")})")
    }
  }

  @tailrec
  private def blocks(
      lines: Seq[Line],
      found: Map[String, Map[String, String]]
  ): Either[String, Map[String, Map[String, String]]] = lines match {
    case Seq() => Right(found)
    case flavour +: others =>
      val (own, next) = others.span(_.indent > flavour.indent)
      values(own.filter(line => own.headOption.exists(_.indent == line.indent))) match {
        case Left(odd) => Left(odd)
        case Right(_) if flavour.value.nonEmpty || found.contains(flavour.key) =>
          Left(s"${flavour.key} in another form (line ${flavour.number})")
        case Right(keys) => blocks(next, found + (flavour.key -> keys))
      }
  }

  // The form of a value matters only for the keys that are used.
  private def values(lines: Seq[Line]): Either[String, Map[String, String]] =
    lines
      .find(line => Read(line.key) && Other.findPrefixOf(line.value).isDefined)
      .map(odd => s"${odd.key}: ${odd.value} (line ${odd.number})")
      .toLeft(lines.map(line => line.key -> unquoted(line.value)).toMap)

  private val Read = Set("data", "saved_model_dir")

  private def withoutComment(value: String): String = value.replaceFirst("(^|\\s)#.*", "").trim

  private def unquoted(value: String): String =
    if (value.length > 1 && value.head == value.last && "'\"".contains(value.head))
      value.substring(1, value.length - 1)
    else value
}
