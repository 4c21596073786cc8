package tfpredict.benchmarks

import java.nio.FloatBuffer

import scala.collection.concurrent.TrieMap

import org.tensorflow.{SavedModelBundle, Tensor}

/**
 * TensorFlow Java 1.15 by hand, as one writes it who knows of batches: one bundle for a JVM, the
 * tensors closed. It loads the adapted graph, since the runtime refuses today's exports.
 */
final case class TfJavaPeer(model: AdaptedModel) extends Peer {
  private val feed = model.signature.inputs.head
  private val fetch = model.signature.outputs.head

  override def run(values: Array[Float], rows: Int): Array[Float] = {
    val x = Tensor.create(rows.toLong +: feed.shape.inner.toArray, FloatBuffer.wrap(values))
    try {
      val session = TfJavaPeer.bundle(model).session
      val y = session.runner().feed(feed.tensor, x).fetch(fetch.tensor).run().get(0)
      try {
        val answers = FloatBuffer.allocate(y.numElements)
        y.writeTo(answers)
        answers.array
      } finally y.close()
    } finally x.close()
  }
}

object TfJavaPeer {
  private val bundles = TrieMap.empty[AdaptedModel, SavedModelBundle]

  private def bundle(model: AdaptedModel): SavedModelBundle =
    bundles.getOrElse(model, bundles.synchronized(bundles.getOrElseUpdate(model, model.load())))
}
