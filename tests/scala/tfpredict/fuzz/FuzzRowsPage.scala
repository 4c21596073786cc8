package tfpredict.fuzz

/** The page about a run. */
final case class FuzzRowsPage(results: Seq[RowsResult], seed: Int, minutes: Long) {
  private val found = results.flatMap(_.findings)
  private val slow = results.flatMap(_.slow)
  private val starved = results.flatMap(_.starved)

  private def sum(of: RowsResult => Int): Int = results.map(of).sum

  def summary: String =
    s"${sum(_.rows)} rows in ${sum(_.batches)} batches through ${results.size} models: " +
      s"${sum(_.answered)} answered, ${sum(_.rejected)} rejected, ${sum(_.failed)} tasks failed; " +
      s"${slow.size} took more than a minute; ${starved.size} had no memory; ${found.size} findings"

  /** One line per finding. */
  def findings: Seq[String] = found.map(_.toString)

  /** The models' reasons for rejecting rows, which show how deep rows get. */
  def reasons: Seq[String] =
    results.flatMap(result => result.reasons.toSeq.sorted.map(why => s"${result.model}\t$why"))

  def lines: Seq[String] = Seq(
    "# Random rows through complete models",
    "",
    s"Written by `make fuzz-rows`, in $minutes minutes, with seed $seed.",
    "",
    "Random and damaged rows go through complete models, in processes that may die, like a task's rows:",
    "encoder, checks, runtime, decoder. A row is similar to one that the model answers, or arbitrary:",
    "elements that are huge, negative, not a number, infinite, denormal or out of range; arrays that are",
    "empty, too long, or of lengths that do not match; nulls; texts that are not UTF-8, or have a million",
    "bytes; pictures, sounds and protocol buffers that are truncated or have changed bits. One batch has rows",
    "of several shapes. A third of the batches runs with each `on_error`.",
    "",
    "A finding is one of these: a process that ends or gives no answer for ten minutes; an error other than",
    "`InputException` and `ModelRunException`; a good row among others with a wrong answer; a good row with a",
    "wrong answer after the batch, compared bit by bit.",
    "",
    "| | |",
    "|---|---|",
    s"| models | ${results.size} |",
    s"| batches | ${sum(_.batches)} |",
    s"| rows | ${sum(_.rows)} |",
    s"| rows with an answer | ${sum(_.answered)} |",
    s"| rows rejected by the encoder, a check or the runtime | ${sum(_.rejected)} |",
    s"| rows with a null | ${sum(_.nulls)} |",
    s"| batches that failed completely, like most with `fail` | ${sum(_.failed)} |",
    s"| batches that took one to ten minutes, see below | ${slow.size} |",
    s"| batches that ended the process because memory ran out, see below | ${starved.size} |",
    s"| findings | ${found.size} |",
    "",
    "## Findings",
    "",
    "A model is skipped after three findings, and the first is made small. Run one again with",
    "`./sbtw 'Test/runMain tfpredict.fuzz.FuzzRows --case \"jpegs 17\"'`, which prints its rows.",
    "",
    "| case | what happened |",
    "|---|---|"
  ) ++ found.map { finding =>
    val alone = if (finding.isAlone) "" else " (after other cases)"
    s"| `${finding.named}` | ${told(finding.what)}$alone |"
  } ++ (if (found.isEmpty) Seq("| none | |") else Nil) ++ Seq(
    "",
    "## Slow",
    "",
    "The work of some models grows with the square of an array's length. These batches have such arrays. Their answer",
    s"took more than a minute, in a separate process: ${listed(slow)}.",
    "",
    "## Out of memory",
    "",
    s"A process of this run may have ${FuzzRows.program.addresses / 1000000} GB. These batches ask for more, and ended it; in a process that ran nothing else they did",
    s"nothing but that ([security.md](security.md)): ${listed(starved)}.",
    "",
    "## Models",
    "",
    "A reason is the text of an error, without its numbers.",
    "",
    "| model | rows | answered | rejected | batches failed | reasons |",
    "|---|---|---|---|---|---|"
  ) ++ results.map(of =>
    s"| ${of.model} | ${of.rows} | ${of.answered} | ${of.rejected} | ${of.failed} | ${of.reasons.size} |"
  )

  private def listed(cases: Seq[RowCase]): String =
    if (cases.isEmpty) "none" else cases.map(of => s"`$of`").mkString(", ")

  // Addresses differ between runs.
  private def told(what: String): String =
    what.replaceAll("0x[0-9a-f]+|nullptr vs\\w+", "...").replace("|", "/").take(160)
}
