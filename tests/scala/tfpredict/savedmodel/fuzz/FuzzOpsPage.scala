package tfpredict.savedmodel.fuzz

/** The page about a run. */
final case class FuzzOpsPage(results: Seq[OpResult], seed: Int, minutes: Long) {
  private val runs = results.map(_.runs).sum
  private val found = results.filter(_.findings.nonEmpty)
  private val answered = results.filter(_.answered > 0)
  private val starved = results.filter(_.starved.nonEmpty)

  def summary: String =
    s"$runs runs of ${results.size} ops, of which ${answered.size} answered; " +
      s"${results.map(_.answered).sum} answers, ${results.map(_.failures).sum} errors, " +
      s"${results.map(_.refused).sum} cases refused before; ${starved.map(_.starved.size).sum} had no memory; " +
      s"${found.size} ops ended or hung a process"

  /** One line per finding: its name, its outcome, and whether it happens alone. */
  def findings: Seq[String] = found.flatMap(_.findings).map { finding =>
    s"${finding.named}\t${finding.outcome}\t${if (finding.isAlone) "alone" else "after others"}"
  }

  def lines: Seq[String] = Seq(
    "# Random cases of single ops",
    "",
    s"Written by `make fuzz-ops`, in $minutes minutes, with seed $seed.",
    "",
    "Each op that a model may have runs alone, in a process that may die, with random attributes, dtypes,",
    "shapes and values: empty, huge, negative, not a number, mismatched, out of range, damaged pictures and",
    "protocol buffers. Half of the inputs are constants, which a check sees in the graph. The others are known",
    "only at run time, like a row. A case with a new outcome is changed further, one detail at a time, so that",
    "runs reach the kernels. A case goes through the adapter first, like a model.",
    FuzzOpsPage.fence,
    "",
    "| | |",
    "|---|---|",
    s"| ops | ${results.size} |",
    s"| runs | $runs |",
    s"| answers | ${results.map(_.answered).sum}, of ${answered.size} ops |",
    s"| errors, as expected | ${results.map(_.failures).sum} |",
    s"| cases that the adapter refuses, not run | ${results.map(_.refused).sum} |",
    s"| answers that took 10 seconds to five minutes | ${results.map(_.slow).sum} |",
    s"| cases that ended the process because memory ran out, see below | ${starved.map(_.starved.size).sum} |",
    s"| ops that ended or hung the process otherwise | ${found.size} |",
    "",
    "## Ops that ended or hung the process",
    "",
    "After three cases, the rest of the run skips an op. Run one again with",
    "`./sbtw 'Test/runMain tfpredict.savedmodel.fuzz.FuzzOps --case \"Op 1.2\"'`.",
    "",
    "| op | a case | what happened |",
    "|---|---|---|"
  ) ++ found.map { result =>
    val first = result.findings.head
    val alone = if (first.isAlone) "" else " (after other cases)"
    val what = FuzzOpsPage.told(first.outcome)
    s"| ${result.op} | `${first.named.lineage.mkString(".")}` | $what$alone |"
  } ++ (if (found.isEmpty) Seq("| none | | |") else Nil) ++ Seq(
    "",
    "## Out of memory",
    "",
    s"A process of this run may have ${FuzzedProgram.ops.addresses / 1000000} GB. Where the system has none for a tensor, most kernels fail with an",
    "error. The kernels of these ops go on without the tensor, or ask for the memory of texts and lists by the way of C++,",
    "and the process ends. The last that the runtime said, but for the check that ended it, was that it got no memory; in a process that ran nothing else they did nothing but that. No check stands before",
    "them, because the graph cannot know the free memory ([security.md](security.md)).",
    "",
    "| op | cases | one of them |",
    "|---|---|---|"
  ) ++ starved.map(result =>
    s"| ${result.op} | ${result.starved.size} | `${result.starved.head.lineage.mkString(".")}` |"
  ) ++ (if (starved.isEmpty) Seq("| none | | |") else Nil)
}

object FuzzOpsPage {
  import Outcome._

  private val fence =
    if (Fence.all == Seq(Fence.None))
      "Reads beyond a tensor's memory were not looked for: there was no C compiler."
    else
      "Half of the cases run with a page behind each tensor that nobody may touch, half with one before it, so that a " +
        "kernel that reads beyond its tensors ends the process each time (`tests/native/fence.c`)."

  private def told(outcome: Outcome): String = outcome match {
    case Hung => "no answer in five minutes"
    // Addresses differ between runs.
    case Died(how) => how.replaceAll("0x[0-9a-f]+|nullptr vs\\w+", "...").take(100)
    case other => other.toString
  }
}
