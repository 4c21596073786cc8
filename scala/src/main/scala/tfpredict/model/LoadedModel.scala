package tfpredict.model

import java.util.concurrent.ConcurrentHashMap

import tfpredict.ModelSpec
import tfpredict.engine.{EngineFunction, EngineSession}
import tfpredict.tensor.Signature

/**
 * A model in this JVM's memory, with the functions that have been asked of it. Thread-safe.
 *
 * @param bytes
 *   of its files, as a measure of what it takes
 * @param leftOut
 *   signatures that the model has and the runtime cannot run
 * @param tolerance
 *   by how much its answers may differ from TensorFlow's
 */
final private[tfpredict] class LoadedModel(
    session: EngineSession,
    readSignature: ModelSpec => Signature,
    val times: LoadTimes = LoadTimes(0, 0),
    val bytes: Long = 0,
    val leftOut: Set[String] = Set.empty,
    val tolerance: Double = ModelVerifier.Tolerance
) extends AutoCloseable {

  /** The replay of its examples, which those who ask for it share. */
  val verification = new OneRun

  private val functions = new ConcurrentHashMap[(String, Seq[String]), ModelFunction]

  /** The function that the spec's signature and outputs name. */
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

/** A signature with what runs it, and what is known of its runs in this JVM. */
final private[tfpredict] case class ModelFunction(signature: Signature, engine: EngineFunction) {
  val evidence = new Evidence
}

/**
 * How long a model took to come, in nanoseconds.
 *
 * @param bringing
 *   until its files were here and checked
 * @param loading
 *   from then on
 */
final private[tfpredict] case class LoadTimes(bringing: Long, loading: Long)
