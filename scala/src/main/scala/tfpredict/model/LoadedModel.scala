package tfpredict.model

import java.util.concurrent.ConcurrentHashMap

import tfpredict.ModelSpec
import tfpredict.engine.{EngineFunction, EngineSession}
import tfpredict.tensor.Signature

/**
 * A model in this JVM's memory, with the functions that were requested of it. Thread-safe.
 *
 * @param bytes
 *   the size of its files, as an estimate of its memory
 * @param leftOut
 *   the model's signatures that the runtime cannot run
 * @param tolerance
 *   the maximum difference from TensorFlow's answers
 */
final private[tfpredict] class LoadedModel(
    session: EngineSession,
    readSignature: ModelSpec => Signature,
    val times: LoadTimes = LoadTimes(0, 0),
    val bytes: Long = 0,
    val leftOut: Set[String] = Set.empty,
    val tolerance: Double = ModelVerifier.Tolerance
) extends AutoCloseable {

  /** The replay of its examples, run once for all callers. */
  val verification = new OneRun

  private val functions = new ConcurrentHashMap[(String, Seq[String]), ModelFunction]

  /** Returns the function for the spec's signature and outputs. */
  def function(spec: ModelSpec): ModelFunction =
    functions.computeIfAbsent(
      (spec.signature, spec.outputs),
      _ => {
        val signature = readSignature(spec)
        ModelFunction(signature, session.function(spec, signature))
      }
    )

  override def close(): Unit = session.close()
}

/** A signature with the engine's function, and the outcomes of its runs in this JVM. */
final private[tfpredict] case class ModelFunction(signature: Signature, engine: EngineFunction) {
  val evidence = new Evidence
}

/**
 * The time to fetch and load a model, in nanoseconds.
 *
 * @param fetching
 *   time until its files were local and checked
 * @param loading
 *   time from then on
 */
final private[tfpredict] case class LoadTimes(fetching: Long, loading: Long)
