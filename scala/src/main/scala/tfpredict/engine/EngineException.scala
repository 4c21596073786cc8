package tfpredict.engine

import tfpredict.messages.ErrorClass
import tfpredict.tensor.{HostTensor, Signature, TensorShape}
import tfpredict.{ModelRunException, ModelSpec, Settings}

/** What an engine can tell of whose fault a failed run is, without knowing other runs. */
sealed private[tfpredict] trait Fault

private[tfpredict] object Fault {

  /** There is no memory for the batch. A smaller batch may have it. */
  case object Memory extends Fault

  /** The model cannot run in this JVM, whatever the rows: a kernel is missing, for instance. */
  case object Model extends Fault

  /** The run did not end in time, and was ended. */
  case object Time extends Fault

  /** Whoever wanted the results does not any more. */
  case object Cancelled extends Fault

  /** One of the batch's rows cannot be run. */
  case object Row extends Fault

  /** A row or the model: which of them is known from what becomes of other rows. */
  case object Unclear extends Fault
}

/**
 * A run that failed, in the engine's words: the only exception of a run that leaves this package.
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

  /** This where it is the model's fault, or the memory's, and not a row's. */
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
