package tfpredict

/**
 * A tensor's static shape: none where even the rank is unknown, and -1 for each unknown dimension.
 * The first dimension is the batch.
 */
final case class TensorShape(dims: Option[Vector[Long]]) {
  override def toString: String =
    dims.fold("[?]")(_.map(d => if (d < 0) "?" else d.toString).mkString("[", ", ", "]"))
}

object TensorShape {
  def of(dims: Long*): TensorShape = TensorShape(Some(dims.toVector))
}

/**
 * One input or output of a signature.
 *
 * @param name
 *   the name in the signature, such as `inputs`
 * @param tensor
 *   the tensor in the graph, such as `serving_default_inputs:0`
 */
final case class TensorSpec(name: String, tensor: String, dtype: DType, shape: TensorShape) {

  /** For messages: `inputs float32[?, 2]`. */
  def describe: String = s"$name $dtype$shape"
}

/**
 * A signature: named, typed inputs and outputs. Both are in the order of their names, since the
 * SavedModel format keeps them in a map without an order.
 */
final case class Signature(name: String, inputs: Vector[TensorSpec], outputs: Vector[TensorSpec])
