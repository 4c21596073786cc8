package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType.DT_INT32

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * The weights that cuDNN's ops take as one vector: for each layer, and each direction of it, a
 * matrix `[units, inputs]` of each gate and then one `[units, units]` of each; after those of all
 * layers, in the same order, their biases, of the inputs and of the state. Source:
 * `_standardize_cudnn_weights` of Keras, and `CudnnRNNCanonicalToParams`.
 *
 * @param units
 *   how many a layer has, an int32 scalar
 */
final private[rules] class CudnnWeights(
    make: Fragment,
    dtype: DataType,
    gates: Int,
    layers: Int,
    directions: Int,
    units: String
) {
  private val shapes = new Shapes(make, dtype)

  /**
   * Of each layer and direction.
   *
   * @param params
   *   the vector
   * @param inputs
   *   how many the first layer has, an int32 scalar
   */
  def of(params: String, inputs: String): Seq[CudnnWeights.OfLayer] = {
    val count = make.int(gates)
    val perGate = shapes.times(count, units)
    val recurrent = shapes.times(perGate, units)
    val deeper = shapes.times(units, make.int(directions))
    val ofWeights = for {
      layer <- 0 until layers
      _ <- 0 until directions
      size <- Seq(shapes.times(perGate, if (layer == 0) inputs else deeper), recurrent)
    } yield size
    val sizes = ofWeights ++ Seq.fill(2 * layers * directions)(perGate)
    val parts = make.addList(
      "SplitV",
      "output",
      sizes.size,
      params,
      shapes.sizes(sizes: _*),
      make.int(0)
    )("num_split" -> number(sizes.size.toLong), "T" -> kind(dtype), "Tlen" -> kind(DT_INT32))

    val form = shapes.sizes(count, units, make.int(-1))
    val (weights, biases) = parts.splitAt(ofWeights.size)
    weights.grouped(2).zip(biases.grouped(2)).map { case (Seq(w, r), Seq(bw, br)) =>
      CudnnWeights.OfLayer(shapes.reshape(w, form), shapes.reshape(r, form), bw, br)
    }.toList
  }
}

private[rules] object CudnnWeights {

  /**
   * @param input
   *   of shape `[gates, units, inputs]`
   * @param state
   *   of shape `[gates, units, units]`
   * @param inputBias
   *   of shape `[gates * units]`, as the next is
   */
  final case class OfLayer(input: String, state: String, inputBias: String, stateBias: String)
}
