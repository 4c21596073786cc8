package tfpredict.fuzz

import tfpredict.{InputException, ModelRunException}

/**
 * The outcome of a case's rows.
 *
 * @param failure
 *   the reason that all of them failed, if one row was enough
 * @param reasons
 *   the reasons for rejected rows
 * @param finding
 *   a wrong behavior
 */
final case class RowsOutcome(
    rows: Int,
    answered: Int,
    nulls: Int,
    rejected: Int,
    failure: Option[String],
    reasons: Seq[String] = Nil,
    finding: Option[String] = None
) {
  import RowsOutcome._

  def wrong(why: String): RowsOutcome = copy(finding = finding.orElse(Some(why)))

  /** The outcome on one line. */
  def line: String = {
    val counts = Seq(rows, answered, nulls, rejected).mkString(",")
    val texts = Seq(failure.getOrElse(""), finding.getOrElse("")) ++ reasons.map(normal).distinct
    (counts +: texts.take(20).map(clean)).mkString(Separator)
  }
}

object RowsOutcome {
  private val Separator = "\t"

  def failed(rows: Int, failure: Throwable): RowsOutcome = {
    val said = s"${failure.getClass.getSimpleName}: ${failure.getMessage}"
    val outcome = RowsOutcome(rows, 0, 0, 0, Some(normal(said)))
    failure match {
      case _: InputException | _: ModelRunException => outcome
      case _ =>
        val where = failure.getStackTrace.take(6).mkString(" < ")
        outcome.wrong(s"an error of another class: $said at $where")
    }
  }

  def parse(line: String): RowsOutcome = {
    val Array(counts, failure, finding, reasons @ _*) = line.split(Separator, -1)
    val Array(rows, answered, nulls, rejected) = counts.split(',').map(_.toInt)
    def some(text: String) = Some(text).filter(_.nonEmpty)
    RowsOutcome(
      rows,
      answered,
      nulls,
      rejected,
      some(failure),
      reasons.filter(_.nonEmpty),
      some(finding)
    )
  }

  // Removes the parts that differ between rows, since they do not identify the cause.
  private def normal(reason: String): String =
    reason.replaceAll("^.*Found: ", "").replaceAll("\\{\\{.*?\\}\\}|\\[.*?\\]|'[^']*'", "")
      .replaceAll("-?[0-9][0-9.e+]*", "N").take(90)

  private def clean(text: String): String =
    text.filter(_ >= ' ').take(1500)
}
