package tfpredict.batch

import tfpredict.ModelRunException
import tfpredict.columns.OutputColumn
import tfpredict.engine.{EngineException, Fault}
import tfpredict.tensor.HostTensor

/**
 * One function on the rows of a group, at once if that can be. A batch that fails is halved: for
 * memory until there is enough, and otherwise until rows are known that cannot be run.
 *
 * What fails for every row is the model's fault, and fails the task: where the engine says so, or
 * where no row of the batch has an answer and the function never answered any in this JVM.
 *
 * @param isolates
 *   whether a row that cannot be run costs only itself; if not, nothing runs once there is one
 */
final private[batch] class FunctionRun(
    decoded: DecodedFunction,
    inputs: IndexedSeq[HostTensor],
    rows: Int,
    isolates: Boolean
) {
  import decoded.{counts, function}
  private val fixedBatch = function.signature.fixedBatch
  private val evidence = function.evidence
  // Of rows that failed alone, where the engine cannot tell whose fault it is.
  private var doubt: Option[EngineException] = None
  private var isRejected = false

  /**
   * The rows' parts in their order; all of them, or up to the first that is rejected.
   *
   * @throws tfpredict.ModelRunException
   *   if it is the model's fault
   */
  def run(): Vector[Part] = {
    val parts = fixedBatch match {
      case Some(size) =>
        (0 until rows by size).toVector
          .flatMap(first => attempt(first, math.min(size, rows - first)))
      case None => attempt(0, rows)
    }
    // What was rejected before any row had an answer.
    for (failed <- doubt if !evidence.hasAnswered)
      if (rows > 1) throw ofModel(failed, 0, rows, s", for each of the batch's $rows rows")
      else if (failsEmpty) throw ofModel(failed, 0, rows, ", and fails for a batch of no rows too")
    val rejected = parts.count(_.outputs.isLeft)
    if (rejected > 0) counts.onRejected(rejected)
    parts
  }

  private def attempt(first: Int, count: Int): Vector[Part] =
    if (isDecided) Vector.empty
    else
      once(first, count) match {
        case Right(outputs) =>
          evidence.onAnswer()
          Vector(Part(count, Right(outputs)))
        case Left(failed) =>
          failed.fault match {
            // Halves that run as long would keep whoever waits for so long again.
            case Fault.Model | Fault.Time | Fault.Cancelled => throw ofModel(failed, first, count)
            case Fault.Memory if count == 1 || fixedBatch.isDefined =>
              throw ofModel(failed, first, count)
            case _ if count > 1 => halves(first, count)
            case _ => Vector(Part(1, Left(rejected(failed, first))))
          }
      }

  private def halves(first: Int, count: Int): Vector[Part] = {
    val half = count / 2
    attempt(first, half) ++ attempt(first + half, count - half)
  }

  private def isDecided: Boolean =
    isRejected && !isolates && (doubt.isEmpty || evidence.hasAnswered)

  private def rejected(failed: EngineException, row: Int): Rejection = {
    isRejected = true
    if (failed.fault == Fault.Unclear) {
      doubt = Some(failed)
      // A broken model is not run for each row of a large batch.
      if (!evidence.hasAnswered && evidence.onRejected())
        throw ofModel(failed, row, 1, ", as for all rows before")
    }
    Rejection(
      decoded.model,
      s"a row that signature ${function.signature.name} can run",
      failed.reason
    )
  }

  private def once(
      first: Int,
      count: Int
  ): Either[EngineException, IndexedSeq[OutputColumn]] = {
    val batch = fixedBatch.getOrElse(count)
    try {
      val inputs = part(first, count, batch)
      val started = if (counts.isOn) System.nanoTime else 0L
      val found = decoded.run(inputs)
      val running = if (counts.isOn) System.nanoTime - started else 0L
      val outputs = decoded.decoders.zip(found).map { case (decoder, output) =>
        decoder.decode(output, batch)
      }
      counts.onBatch(count, running)
      Right(outputs)
    } catch {
      case failed: EngineException => Left(failed)
      case failed: ModelRunException =>
        counts.onRunFailed()
        throw failed
    }
  }

  private def part(first: Int, count: Int, batch: Int): IndexedSeq[HostTensor] =
    if (count == rows && batch == count) inputs else inputs.map(_.rows(first, count, batch))

  private def failsEmpty: Boolean =
    fixedBatch.isEmpty &&
      (try {
        decoded.run(inputs.map(_.rows(0, 0, 0)))
        false
      } catch { case _: EngineException => true })

  private def ofModel(failed: EngineException, first: Int, count: Int, evidence: String = "") = {
    if (failed.fault != Fault.Cancelled) counts.onRunFailed()
    failed.ofModel(
      decoded.model,
      function.signature,
      part(first, count, fixedBatch.getOrElse(count)),
      evidence
    )
  }
}
