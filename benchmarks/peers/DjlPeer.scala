package tfpredict.benchmarks

import java.nio.file.Paths

import scala.collection.concurrent.TrieMap

import ai.djl.inference.Predictor
import ai.djl.ndarray.NDList
import ai.djl.ndarray.types.Shape
import ai.djl.repository.zoo.{Criteria, ZooModel}
import ai.djl.translate.NoopTranslator

/**
 * The Deep Java Library by hand, with its engine for ONNX Runtime: one model for a JVM, one
 * predictor for a task's thread, batches as arrays of the engine's own.
 */
final case class DjlPeer(file: String, width: Int) extends Peer {

  override def run(values: Array[Float], rows: Int): Array[Float] = {
    val manager = DjlPeer.model(file).getNDManager.newSubManager()
    try {
      val x = manager.create(values, new Shape(rows.toLong, width.toLong))
      val results = DjlPeer.predictor(file).predict(new NDList(x))
      try results.singletonOrThrow().toFloatArray
      finally results.close()
    } finally manager.close()
  }
}

object DjlPeer {
  private type Model = ZooModel[NDList, NDList]
  private val models = TrieMap.empty[String, Model]
  private val predictors = TrieMap.empty[(String, Long), Predictor[NDList, NDList]]

  private def model(file: String): Model =
    models.getOrElse(file, models.synchronized(models.getOrElseUpdate(file, open(file))))

  private def predictor(file: String): Predictor[NDList, NDList] =
    predictors.getOrElseUpdate(
      file -> Thread.currentThread.getId,
      model(file).newPredictor(new NoopTranslator(null))
    )

  private def open(file: String): Model =
    Criteria
      .builder()
      .setTypes(classOf[NDList], classOf[NDList])
      .optModelPath(Paths.get(file))
      .optEngine("OnnxRuntime")
      .optOption("interOpNumThreads", "1")
      .optOption("intraOpNumThreads", "1")
      .optTranslator(new NoopTranslator(null))
      .build()
      .loadModel()
}
