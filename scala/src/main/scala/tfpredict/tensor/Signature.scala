package tfpredict.tensor

/**
 * A tensor's static shape: none where even the rank is unknown, and -1 for each unknown dimension.
 * The first dimension is the batch.
 */
final case class TensorShape(dims: Option[Vector[Long]]) {

  /** The dimensions behind the batch. */
  def inner: Vector[Long] = dims.fold(Vector.empty[Long])(_.drop(1))

  /** The number of rows that the tensor always has, where it is fixed. */
  def fixedBatch: Option[Long] = dims.flatMap(_.headOption).filter(_ >= 0)

  override def toString: String = dims.fold("[any rank]")(TensorShape.show)
}

object TensorShape {
  def of(dims: Long*): TensorShape = TensorShape(Some(dims.toVector))

  def show(dims: Array[Long]): String = show(dims.toVector)

  /** As messages print it: `[?, 2]`. */
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
 * @param splits
 *   of an output whose rows have lengths of their own, the tensors that say where each begins,
 *   outermost first; `tensor` then has all their elements
 */
final case class TensorSpec(
    name: String,
    tensor: String,
    dtype: DType,
    shape: TensorShape,
    splits: Vector[String] = Vector.empty
) {

  /** For messages: `inputs float32[?, 2]`. */
  def describe: String = s"$name $dtype$shape"

  /** For errors: `inputs (float32[?, 2])`. */
  private[tfpredict] def label: String = s"$name ($dtype$shape)"
}

/**
 * A signature: named, typed inputs and outputs. Both are in the order of their names, since the
 * SavedModel format keeps them in a map without an order.
 *
 * @param deterministic
 *   whether the outputs depend on no random numbers
 */
final case class Signature(
    name: String,
    inputs: Vector[TensorSpec],
    outputs: Vector[TensorSpec],
    deterministic: Boolean = true
) {

  /**
   * The number of rows that every batch must have, where the first dimension of an input is fixed,
   * or of an output: a detector that answers `[1, N, 7]` takes a row at a time.
   */
  def fixedBatch: Option[Int] =
    (inputs ++ outputs).flatMap(_.shape.fixedBatch).headOption.map(_.toInt)
}
