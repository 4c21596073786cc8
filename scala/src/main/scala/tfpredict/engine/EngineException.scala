package tfpredict.engine

import tfpredict.messages.ErrorClass
import tfpredict.tensor.{HostTensor, Signature, TensorShape}
import tfpredict.{ModelRunException, ModelSpec, Settings}

/** The cause of a failed run, as far as an engine knows it from this run alone. */
sealed private[tfpredict] trait Fault

private[tfpredict] object Fault {

  /** There is not enough memory for the batch. A smaller batch may run. */
  case object Memory extends Fault

  /** The model cannot run in this JVM on any row. For example a kernel is missing. */
  case object Model extends Fault

  /** The run exceeded its timeout and was ended. */
  case object Time extends Fault

  /** The caller cancelled the run. */
  case object Cancelled extends Fault

  /** The model cannot run one of the batch's rows. */
  case object Row extends Fault

  /** Either a row or the model. The outcome of other rows decides which. */
  case object Unclear extends Fault
}

/**
 * A failed run, with the engine's own message. No other exception of a run leaves this package.
 *
 * @param reason
 *   one line, which says who rejects and why
 * @param ofRow
 *   what kind of failure it is where a row is the cause
 */
final private[tfpredict] class EngineException(
    val fault: Fault,
    val reason: String,
    cause: Throwable = null,
    val ofRow: ErrorClass = ErrorClass.RowRejected
) extends RuntimeException(reason, cause) {

  /** Converts this to an exception that blames the model or the memory, and not a row. */
  def ofModel(
      model: ModelSpec,
      signature: Signature,
      inputs: Seq[HostTensor],
      evidence: String = ""
  ): ModelRunException = {
    val shapes = inputs.map(input => TensorShape.show(input.shape)).mkString(", ")
    fault match {
      case Fault.Memory =>
        new ModelRunException(
          ErrorClass.OutOfMemory,
          model.label,
          s"memory for a batch of $shapes",
          reason + evidence,
          "Give executors more spark.executor.memoryOverhead, or set " +
            s"${Settings.BatchRows.name} to fewer rows.",
          this
        )
      case Fault.Time =>
        new ModelRunException(
          ErrorClass.RunTimeout,
          model.label,
          s"a batch of $shapes to run in time",
          reason + evidence,
          "If the model loops forever, fix the model. Otherwise set " +
            s"${Settings.BatchRows.name} to fewer rows or ${Settings.RunTimeout.name} to more time.",
          this
        )
      case Fault.Cancelled =>
        new ModelRunException(
          ErrorClass.RunCancelled,
          model.label,
          s"a batch of $shapes to run",
          reason,
          "Run the query again.",
          this
        )
      case _ =>
        new ModelRunException(
          ErrorClass.ModelFails,
          model.label,
          s"signature ${signature.name} to run on $shapes",
          reason + evidence,
          "Check that the model answers the same input in Python.",
          this
        )
    }
  }
}
