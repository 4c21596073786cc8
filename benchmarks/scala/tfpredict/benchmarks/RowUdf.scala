package tfpredict.benchmarks

import java.nio.FloatBuffer
import java.nio.charset.StandardCharsets.UTF_8

import scala.collection.JavaConverters._
import scala.collection.concurrent.TrieMap

import org.apache.spark.sql.SparkSession
import org.tensorflow.{SavedModelBundle, Tensor}

import tfpredict.engine.tensorflow1.NativeLibraries

/**
 * What one writes without tfpredict: a UDF that keeps a bundle, loaded when it is first used, and
 * runs the model once a row. Tensors are closed, since a million rows of unclosed ones would not
 * fit into memory; apart from that it is as people write it, names looked up on every call.
 */
object RowUdf {
  /* Before the first tensor is made: TensorFlow's own loader finds no libraries in the assembly
   * jar. */
  NativeLibraries.load()

  /** One array of floats in, one number out. */
  def registerScalar(spark: SparkSession, name: String, model: AdaptedModel): Unit = {
    val (feed, fetch) = (model.signature.inputs.head.tensor, model.signature.outputs.head.tensor)
    spark.udf.register(
      name,
      (features: Seq[Float]) => {
        val x = Tensor.create(Array(features.toArray))
        run(model, fetch, feed -> x).apply(0)
      }
    )
  }

  /**
   * One flat array of floats in, an array out. The tensor is made from a buffer: nested arrays,
   * which would have to be built first, are slower.
   */
  def registerImage(spark: SparkSession, name: String, model: AdaptedModel): Unit = {
    val (feed, fetch) = (model.signature.inputs.head.tensor, model.signature.outputs.head.tensor)
    val shape = 1L +: model.signature.inputs.head.shape.inner.toArray
    spark.udf.register(
      name,
      (pixels: Seq[Float]) => {
        val x = Tensor.create(shape, FloatBuffer.wrap(pixels.toArray))
        run(model, fetch, feed -> x)
      }
    )
  }

  /** Two strings, an array of floats and an integer in, one number out. */
  def registerWideAndDeep(spark: SparkSession, name: String, model: AdaptedModel): Unit = {
    val tensors: Seq[String] = model.signature.inputs.map(_.tensor)
    val Seq(country, dense, device, item) = tensors
    val fetch = model.signature.outputs.head.tensor
    spark.udf.register(
      name,
      (countryValue: String, denseValue: Seq[Float], deviceValue: String, itemValue: Long) =>
        run(
          model,
          fetch,
          country -> Tensor.create(Array(countryValue.getBytes(UTF_8))),
          dense -> Tensor.create(Array(denseValue.toArray)),
          device -> Tensor.create(Array(deviceValue.getBytes(UTF_8))),
          item -> Tensor.create(Array(itemValue))
        ).apply(0)
    )
  }

  private val bundles = TrieMap.empty[AdaptedModel, SavedModelBundle]
  private val lock = new Object

  // A closure carries a copy of the model's description into each task; equal ones share a bundle.
  private def bundle(model: AdaptedModel): SavedModelBundle =
    bundles.getOrElse(
      model,
      lock.synchronized(bundles.getOrElseUpdate(model, model.load()))
    )

  private def run(
      model: AdaptedModel,
      fetch: String,
      feeds: (String, Tensor[_])*
  ): Array[Float] = {
    val runner = bundle(model).session.runner()
    feeds.foreach { case (name, tensor) => runner.feed(name, tensor) }
    val y = runner.fetch(fetch).run().asScala.head
    val result = y.shape match {
      case Array(rows) => copied(y, new Array[Float](rows.toInt))
      case Array(rows, columns) => copied(y, Array.ofDim[Float](rows.toInt, columns.toInt)).head
    }
    feeds.foreach { case (_, tensor) => tensor.close() }
    y.close()
    result
  }

  private def copied[A](tensor: Tensor[_], target: A): A = {
    tensor.copyTo(target)
    target
  }
}
