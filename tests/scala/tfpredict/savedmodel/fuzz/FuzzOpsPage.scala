package tfpredict.savedmodel.fuzz

/** The page of a run. */
final case class FuzzOpsPage(results: Seq[OpResult], seed: Int, minutes: Long) {
  private val runs = results.map(_.runs).sum
  private val found = results.filter(_.findings.nonEmpty)

  def summary: String =
    s"$runs runs of ${results.size} ops, of which ${results.count(_.answered > 0)} answered; " +
      s"${results.map(_.answered).sum} answers, ${results.map(_.failures).sum} errors, " +
      s"${results.map(_.refused).sum} cases refused before; ${found.size} ops ended or hung a process"

  /** One line a case: its name, what it did, and whether it does it alone. */
  def findings: Seq[String] = found.flatMap(_.findings).map { finding =>
    s"${finding.named}\t${finding.outcome}\t${if (finding.isAlone) "alone" else "after others"}"
  }

  def lines: Seq[String] = Seq("# x", summary) ++ findings
}
