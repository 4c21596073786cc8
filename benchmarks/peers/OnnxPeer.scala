package tfpredict.benchmarks

import java.nio.FloatBuffer
import java.util.Collections.singletonMap

import scala.collection.concurrent.TrieMap

import ai.onnxruntime.{OnnxTensor, OrtEnvironment, OrtSession}

/**
 * ONNX Runtime by hand: one session for a JVM and a file, with one thread for each task's batches,
 * since each task runs batches of its own.
 */
final case class OnnxPeer(file: String, width: Int) extends Peer {

  override def run(values: Array[Float], rows: Int): Array[Float] = {
    val session = OnnxPeer.session(file)
    val shape = Array(rows.toLong, width.toLong)
    val x = OnnxTensor.createTensor(OnnxPeer.environment, FloatBuffer.wrap(values), shape)
    try {
      val results = session.run(singletonMap(session.getInputNames.iterator.next(), x))
      try results.get(0).asInstanceOf[OnnxTensor].getFloatBuffer.array.take(rows)
      finally results.close()
    } finally x.close()
  }
}

object OnnxPeer {
  private lazy val environment = OrtEnvironment.getEnvironment()
  private val sessions = TrieMap.empty[String, OrtSession]

  private def session(file: String): OrtSession =
    sessions.getOrElse(file, sessions.synchronized(sessions.getOrElseUpdate(file, open(file))))

  private def open(file: String): OrtSession = {
    val options = new OrtSession.SessionOptions
    options.setIntraOpNumThreads(1)
    options.setInterOpNumThreads(1)
    environment.createSession(file, options)
  }
}
