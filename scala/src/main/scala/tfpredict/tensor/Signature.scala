package tfpredict.tensor

/**
 * A tensor's static shape. It is none if even the rank is unknown, and has -1 for each unknown
 * dimension. The first dimension is the batch.
 */
final case class TensorShape(dims: Option[Vector[Long]]) {

  /** The dimensions after the batch. */
  def inner: Vector[Long] = dims.fold(Vector.empty[Long])(_.drop(1))

  /** The number of rows, if the batch dimension is fixed. */
  def fixedBatch: Option[Long] = dims.flatMap(_.headOption).filter(_ >= 0)

  override def toString: String = dims.fold("[any rank]")(TensorShape.show)
}

/** Creates and formats shapes. */
object TensorShape {

  /** Returns a shape with these dimensions; -1 stands for an unknown one. */
  def of(dims: Long*): TensorShape = TensorShape(Some(dims.toVector))

  def show(dims: Array[Long]): String = show(dims.toVector)

  /** Formats a shape for messages, such as `[?, 2]`. */
  def show(dims: Seq[Long]): String =
    dims.map(d => if (d < 0) "?" else d.toString).mkString("[", ", ", "]")
}

/**
 * One input or output of a signature.
 *
 * @param name
 *   the name in the signature, such as `inputs`
 * @param tensor
 *   the tensor in the graph, such as `serving_default_inputs:0`
 * @param dtype
 *   the element type
 * @param shape
 *   the static shape
 * @param splits
 *   for a ragged output the tensors with its rows' offsets, outermost first. `tensor` then has all
 *   elements.
 */
final case class TensorSpec(
    name: String,
    tensor: String,
    dtype: DType,
    shape: TensorShape,
    splits: Vector[String] = Vector.empty
) {

  /** Formats the tensor for messages, such as `inputs float32[?, 2]`. */
  def describe: String = s"$name $dtype$shape"

  /** For errors: `inputs (float32[?, 2])`. */
  private[tfpredict] def label: String = s"$name ($dtype$shape)"
}

/**
 * A signature: named, typed inputs and outputs. Both are ordered by name, since the SavedModel
 * format stores them in an unordered map.
 *
 * @param name
 *   the signature's name
 * @param inputs
 *   the input tensors, ordered by name
 * @param outputs
 *   the output tensors, ordered by name
 * @param deterministic
 *   whether the outputs are independent of random numbers
 */
final case class Signature(
    name: String,
    inputs: Vector[TensorSpec],
    outputs: Vector[TensorSpec],
    deterministic: Boolean = true
) {

  /**
   * The number of rows of every batch, if an input or an output has a fixed first dimension. For
   * example a detector with the output `[1, N, 7]` takes one row at a time.
   */
  def fixedBatch: Option[Int] =
    (inputs ++ outputs).flatMap(_.shape.fixedBatch).headOption.map(_.toInt)
}
