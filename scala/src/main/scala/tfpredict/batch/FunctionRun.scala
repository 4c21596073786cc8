package tfpredict.batch

import tfpredict.ModelRunException
import tfpredict.columns.OutputColumn
import tfpredict.engine.{EngineException, Fault}
import tfpredict.tensor.HostTensor

/**
 * Runs one function on the rows of a group, at once if possible. A batch that fails is halved. If
 * memory was the cause, halving stops when there is enough; otherwise it stops at the rows that
 * cannot run.
 *
 * A failure on every row is the model's fault and fails the task. Either the engine blames the
 * model, or no row of the batch has a result and the function never succeeded in this JVM.
 *
 * @param isolates
 *   whether a rejected row costs only itself. If not, the run ends at the first row that is
 *   certainly rejected.
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
  // The last failure of a single row for which the engine cannot tell the cause.
  private var doubt: Option[EngineException] = None
  private var isRejected = false

  /**
   * Returns the rows' parts in order: all of them, or those up to the first rejected row.
   *
   * @throws tfpredict.ModelRunException
   *   if the failure is the model's fault
   */
  def run(): Vector[Part] = {
    val parts = fixedBatch match {
      case Some(size) =>
        (0 until rows by size).toVector
          .flatMap(first => attempt(first, math.min(size, rows - first)))
      case None => attempt(0, rows)
    }
    // The function has never succeeded, so the rejected rows may be the model's fault.
    for (failed <- doubt if !evidence.hasAnswered)
      if (rows > 1) throw ofModel(failed, 0, rows, s", for each of the batch's $rows rows")
      else if (failsEmpty) throw ofModel(failed, 0, rows, ", and the same for a batch of no rows")
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
            // Halves would run just as long, and the caller would wait again for each of them.
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
      // Stops early, so that a broken model does not run once for each row of a large batch.
      if (!evidence.hasAnswered && evidence.onRejected())
        throw ofModel(failed, row, 1, ", as for all rows before")
    }
    Rejection(
      decoded.model,
      failed.ofRow,
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
