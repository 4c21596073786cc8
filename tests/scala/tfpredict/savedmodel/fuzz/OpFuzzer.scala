package tfpredict.savedmodel.fuzz

import scala.collection.mutable
import scala.util.Random

/**
 * What a run of many cases of one op came to.
 *
 * @param starved
 *   the cases that end a process since the system has no memory, as the process says last, and do
 *   nothing else to a process of their own
 * @param slow
 *   cases that took longer than others may, and were answered
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

/** @param isAlone whether the case alone does it, without those before it in the process */
final case class Finding(named: FuzzedCase, outcome: Outcome, isAlone: Boolean)

/**
 * Runs many cases of one op. A case whose outcome is new is changed further, so that the runs find
 * their way into the kernel: what it refuses differs as they come nearer.
 *
 * @param processes
 *   take turns
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
    // An op that answered nothing yet gets more.
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
        // In a process that ran nothing before, so that what it says is of this case.
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

  /** How many times as long a case may take that had no answer. */
  val Patience = 30

  private def normal(message: String): String =
    message.replaceAll("\\{\\{.*?\\}\\}|\\[.*?\\]", "").replaceAll("-?[0-9.e+]+", "N").take(140)
}
