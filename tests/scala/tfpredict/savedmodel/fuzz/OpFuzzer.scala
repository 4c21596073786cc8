package tfpredict.savedmodel.fuzz

import scala.collection.mutable
import scala.util.Random

/**
 * The outcome of many cases of one op.
 *
 * @param starved
 *   cases for which the system lacks memory. They crash a process that ran others before, with this
 *   reason in its last line. They do no harm in a process of their own.
 * @param slow
 *   cases that took longer than the timeout, and finished
 */
final case class OpResult(
    op: String,
    runs: Int,
    answered: Int,
    refused: Int,
    failures: Int,
    starved: Vector[FuzzedCase],
    slow: Int,
    findings: Vector[Finding]
)

/**
 * A finding.
 *
 * @param isAlone
 *   whether the case also fails in a process that ran nothing else
 */
final case class Finding(named: FuzzedCase, outcome: Outcome, isAlone: Boolean)

/**
 * Runs many cases of one op. A case with a new outcome is varied further, so that the runs reach
 * deeper into the kernel: its error messages differ from step to step.
 *
 * @param processes
 *   processes that take cases in turn
 */
final class OpFuzzer(
    processes: Seq[FuzzedProcess],
    op: String,
    seed: Int,
    budget: Int,
    maxFindings: Int
) {
  import Outcome._

  private val random = new Random(op.hashCode * 31L + seed)
  private val seen = mutable.Set.empty[String]
  private val novel = mutable.ArrayBuffer.empty[FuzzedCase]
  private val answered = mutable.ArrayBuffer.empty[FuzzedCase]
  private val findings = mutable.ArrayBuffer.empty[Finding]
  private val starved = mutable.ArrayBuffer.empty[FuzzedCase]
  private var runs, refused, failures, ran, slow = 0

  def run(): OpResult = {
    var tries = 0
    // An op without any result so far gets more tries.
    while (tries < (if (ran == 0) budget * 2 else budget) && findings.size < maxFindings) {
      tries += 1
      if (refused < budget || runs > 0) one(next(), processes(tries % processes.size))
    }
    OpResult(op, runs, ran, refused, failures, starved.toVector, slow, findings.toVector)
  }

  private def next(): FuzzedCase = {
    def pick(from: mutable.ArrayBuffer[FuzzedCase]) = from(random.nextInt(from.size))
    val base =
      if (answered.nonEmpty && random.nextInt(5) < 3) Some(pick(answered))
      else if (novel.nonEmpty && random.nextInt(4) > 0) Some(pick(novel))
      else None
    base.filter(_.lineage.size < 24).fold(FuzzedCase(op, Vector(random.nextInt(100000))))(
      _.andThen(random.nextInt(100000))
    )
  }

  private def one(named: FuzzedCase, process: FuzzedProcess): Unit = {
    val outcome = process.run(named)
    outcome match {
      case Refused(_) => refused += 1
      case _ => runs += 1
    }
    outcome match {
      case Ran =>
        ran += 1
        if (answered.size < 40) answered += named
        else if (random.nextInt(10) == 0) answered(random.nextInt(40)) = named
      case Failed(message) =>
        failures += 1
        if (seen.add(OpFuzzer.normal(message))) novel += named
      case Refused(why) => if (seen.add(why.take(40))) novel += named
      case Died(_) | Starved(_) | Hung =>
        // Repeated in a fresh process, so that the message belongs to this case.
        (outcome, process.run(named, OpFuzzer.Patience)) match {
          case (_, Starved(_)) => starved += named
          case (_, again) if isEnd(again) => findings += Finding(named, again, isAlone = true)
          case (Hung, _) => slow += 1
          case (Starved(_), _) => starved += named
          case _ => findings += Finding(named, outcome, isAlone = false)
        }
    }
  }
}

object OpFuzzer {

  /** A multiple of the timeout, for a case that did not answer. */
  val Patience = 30

  private def normal(message: String): String =
    message.replaceAll("\\{\\{.*?\\}\\}|\\[.*?\\]", "").replaceAll("-?[0-9.e+]+", "N").take(140)
}
