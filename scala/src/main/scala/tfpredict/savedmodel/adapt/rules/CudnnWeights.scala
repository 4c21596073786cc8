package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType.DT_INT32

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * Splits the vector of weights of cuDNN's ops. Each layer and direction has a matrix `[units,
 * inputs]` per gate, and then a matrix `[units, units]` per gate. The biases follow, in the same
 * order of layers and directions. Each has the bias of the inputs, and then the bias of the state.
 * Source: `_standardize_cudnn_weights` of Keras, and `CudnnRNNCanonicalToParams`.
 *
 * @param units
 *   a layer's number of units, an int32 scalar
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
   * The weights of each layer and direction.
   *
   * @param params
   *   the vector
   * @param inputs
   *   the number of inputs of the first layer, an int32 scalar
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
   *   of shape `[gates * units]`
   * @param stateBias
   *   of shape `[gates * units]`
   */
  final case class OfLayer(input: String, state: String, inputBias: String, stateBias: String)
}
