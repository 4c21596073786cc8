package tfpredict.fuzz

import scala.collection.mutable
import scala.util.Random

import tfpredict.savedmodel.fuzz.Outcome.{Died, Hung, Starved}
import tfpredict.savedmodel.fuzz.{FuzzedProcess, Outcome}

/**
 * The outcome of random rows for one model.
 *
 * @param slow
 *   batches that take more than a minute, in a process of their own
 * @param starved
 *   batches for which the system lacks memory. They crash a process that ran others before, with
 *   this reason in its last line, but do no harm in a process of their own.
 */
final case class RowsResult(
    model: String,
    batches: Int,
    rows: Int,
    answered: Int,
    nulls: Int,
    rejected: Int,
    failed: Int,
    reasons: Set[String],
    slow: Vector[RowCase],
    starved: Vector[RowCase],
    findings: Vector[RowFinding]
)

/**
 * A finding.
 *
 * @param isAlone
 *   whether the case also fails in a process that ran nothing else
 */
final case class RowFinding(named: RowCase, what: String, isAlone: Boolean) {
  override def toString: String = s"$named\t$what\t${if (isAlone) "alone" else "after others"}"
}

/**
 * Runs random rows through one model, until there are enough rows or too many findings.
 *
 * @param processes
 *   processes that take batches in turn, each with a different fence
 */
final class RowFuzzer(processes: Seq[FuzzedProcess], model: String, seed: Int, budget: Int) {
  import RowFuzzer._

  private val random = new Random(model.hashCode * 31L + seed)
  private val reasons = mutable.Set.empty[String]
  private val findings = mutable.ArrayBuffer.empty[RowFinding]
  private val slow = mutable.ArrayBuffer.empty[RowCase]
  private val starved = mutable.ArrayBuffer.empty[RowCase]
  // Whether the model accepts any rows.
  private var isOpen = true
  private var batches, rows, answered, nulls, rejected, failed = 0

  def run(): RowsResult = {
    while (rows < budget && findings.size < MaxFindings && isOpen) {
      val named = RowCase(model, random.nextInt(1 << 24))
      one(named, processes(batches % processes.size))
    }
    RowsResult(
      model,
      batches,
      rows,
      answered,
      nulls,
      rejected,
      failed,
      reasons.toSet,
      slow.toVector,
      starved.toVector,
      findings.toVector
    )
  }

  private def one(named: RowCase, process: FuzzedProcess): Unit = {
    batches += 1
    val first = process.ask(named.toString)
    val said = if (first == Left(Hung)) patiently(named, process) else first
    if (first == Left(Hung) && wrong(said).isEmpty) slow += named
    said match {
      case Left(_) => rows += named.size
      case Right(line) =>
        val outcome = RowsOutcome.parse(line)
        isOpen = outcome.rows > 0
        rows += outcome.rows
        answered += outcome.answered
        nulls += outcome.nulls
        rejected += outcome.rejected
        if (outcome.failure.isDefined) failed += 1
        if (reasons.size < 500) reasons ++= outcome.reasons ++ outcome.failure
    }
    if (isStarved(said) && endsNotOtherwise(named, process)) starved += named
    else
      wrong(said).foreach { what =>
        findings += found(named, what, process)
        println(findings.last)
      }
  }

  // Distinguishes slow batches from endless ones.
  private def patiently(named: RowCase, process: FuzzedProcess): Either[Outcome, String] = {
    process.restart()
    process.ask(named.toString, times = Patience)
  }

  // The message about a tensor may belong to another batch.
  private def endsNotOtherwise(named: RowCase, process: FuzzedProcess): Boolean = {
    process.restart()
    val again = process.ask(named.toString)
    isStarved(again) || wrong(again).isEmpty
  }

  /* Repeats the case in a fresh process. The rows are reduced only for a model's first finding,
   * since each try needs a new process. */
  private def found(named: RowCase, what: String, process: FuzzedProcess): RowFinding = {
    def ends(named: RowCase): Option[String] = {
      process.restart()
      wrong(process.ask(named.toString, times = if (what == Never) Patience else 1))
    }
    def smallest(named: RowCase, what: String): RowFinding = {
      val (left, right) = named.rows.splitAt(named.rows.size / 2)
      val halves = Stream(left, right).filter(_ => left.nonEmpty)
      halves.map(half => named.copy(only = Some(half)))
        .flatMap(half => ends(half).map(half -> _))
        .headOption
        .fold(RowFinding(named, what, isAlone = true)) { case (half, last) => smallest(half, last) }
    }
    ends(named) match {
      case None => RowFinding(named, what, isAlone = false)
      case Some(again) if findings.isEmpty => smallest(named, again)
      case Some(again) => RowFinding(named, again, isAlone = true)
    }
  }
}

object RowFuzzer {
  private val MaxFindings = 3

  // A multiple of the usual timeout, which is a minute.
  private val Patience = 10
  private val Never = "hung"

  private def isStarved(said: Either[Any, String]): Boolean = said match {
    case Left(Starved(_)) => true
    case _ => false
  }

  private def wrong(said: Either[Any, String]): Option[String] = said match {
    case Left(Died(how)) => Some(s"died: $how")
    case Left(Starved(how)) => Some(s"died for want of memory: $how")
    case Left(Hung) => Some(Never)
    case Left(other) => Some(other.toString)
    case Right(line) => RowsOutcome.parse(line).finding
  }
}
