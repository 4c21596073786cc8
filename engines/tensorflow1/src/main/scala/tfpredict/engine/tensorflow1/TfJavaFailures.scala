package tfpredict.engine.tensorflow1

import org.tensorflow.TensorFlowException

import tfpredict.engine.{EngineException, Fault}
import tfpredict.messages.ErrorClass
import tfpredict.tensor.DType

/**
 * Exceptions of TensorFlow Java 1.15, and their meaning. The native code throws one class per
 * status of the runtime (`exceptionClassName` in exception_jni.cc):
 *
 *   - INVALID_ARGUMENT: `IllegalArgumentException`
 *   - FAILED_PRECONDITION, RESOURCE_EXHAUSTED: `IllegalStateException`
 *   - OUT_OF_RANGE: `IndexOutOfBoundsException`
 *   - UNIMPLEMENTED: `UnsupportedOperationException`
 *   - PERMISSION_DENIED, UNAUTHENTICATED: `SecurityException`
 *   - all others, such as NOT_FOUND, INTERNAL, DATA_LOSS: `TensorFlowException`
 *
 * Where two statuses share a class, the runtime's message decides.
 */
private[tensorflow1] object TfJavaFailures {

  /** The exception for a failed call of the runtime. */
  def of(failed: RuntimeException): EngineException = {
    val text = words(failed)
    val ofRow = if (isOfInput(text)) ErrorClass.InputRange else ErrorClass.RowRejected
    new EngineException(fault(failed, text), s"TensorFlow's error: $text", failed, ofRow)
  }

  /** The same for a run with a time limit in milliseconds. */
  def of(failed: RuntimeException, timeout: Long): EngineException =
    if (!isTime(failed)) of(failed)
    else new EngineException(Fault.Time, s"a run that did not end within $timeout ms", failed)

  /** Whether the run reached its time limit. */
  def isTime(failed: RuntimeException): Boolean = fault(failed, words(failed)) == Fault.Time

  /** The runtime's message, on one line. */
  def words(failed: Throwable): String =
    Option(failed.getMessage).getOrElse(failed.toString).replaceAll("\\s+", " ").trim

  /** Whether the runtime ran out of memory. */
  def isMemory(failed: RuntimeException): Boolean =
    fault(failed, words(failed)) == Fault.Memory

  private def fault(failed: RuntimeException, text: String): Fault = failed match {
    case _: IllegalStateException | _: TensorFlowException if hasOne(text, OfMemory) =>
      Fault.Memory
    case _: TensorFlowException if text.contains(OfTime) => Fault.Time
    case _: IllegalStateException => Fault.Model
    case _: UnsupportedOperationException => Fault.Model
    case _ if hasOne(text, OfModel) => Fault.Model
    case _ if text.contains(DType.Unheld) => Fault.Row
    case _ => Fault.Unclear
  }

  // What a check of an input's own dtype says.
  private def isOfInput(text: String): Boolean =
    text.matches(s".*\\[Input [^\\]]* ${DType.Unheld}.*")

  private def hasOne(text: String, words: Seq[String]): Boolean = words.exists(text.contains)

  // The message of DEADLINE_EXCEEDED, which the time limit of the run options causes.
  private val OfTime = "Timed out waiting for notification"

  private val OfMemory =
    Seq("OOM when allocating", "ailed to allocate", "ut of memory", "bad_alloc")

  // Messages of INVALID_ARGUMENT and NOT_FOUND. The status alone does not show the cause.
  private val OfModel = Seq(
    "You must feed a value for placeholder",
    "No OpKernel was registered",
    "No registered '",
    "Cannot assign a device",
    "both fed and fetched",
    "fed more than once"
  )
}
