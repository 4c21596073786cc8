package tfpredict.columns

import org.apache.spark.sql.types.{ArrayType, DataType, FloatType, NumericType}

import tfpredict.{DType, ModelSpec, SignatureException, TensorSpec}

/**
 * The one table between tensors and Spark's types. Everything that can be known about a column's
 * type is checked here, before a job.
 */
private[tfpredict] object TensorTypes {

  private val elements: Map[DType, DataType] = Map(DType.Float32 -> FloatType)

  private val supported = elements.keys.map(_.name).toSeq.sorted.mkString(", ")

  /** Dimensions behind the batch: all known, or the model is refused. */
  def innerShape(model: ModelSpec, tensor: TensorSpec): Vector[Int] = {
    if (!elements.contains(tensor.dtype)) {
      refuse(model, s"a tensor of a supported dtype ($supported)", tensor, "Cast it in the model.")
    }
    val dims = tensor.shape.dims.getOrElse(Vector.empty)
    if (dims.isEmpty) refuse(model, "a tensor whose first dimension is the batch", tensor, NoShape)
    if (dims.head >= 0) refuse(model, "an unknown batch dimension", tensor, NoShape)
    val inner = dims.tail
    if (inner.exists(_ < 0)) refuse(model, "known dimensions behind the batch", tensor, NoShape)
    if (inner.product > Int.MaxValue / 8) {
      refuse(model, "fewer numbers in a row than a Spark array holds", tensor, NoShape)
    }
    inner.map(_.toInt)
  }

  /**
   * The Spark type of one row's result: `[batch]` and `[batch, 1]` are scalars, more are arrays.
   */
  def resultType(model: ModelSpec, tensor: TensorSpec): DataType =
    nested(elements(tensor.dtype), resultDepth(innerShape(model, tensor)))

  /** How deeply a result's arrays nest, for a tensor with these dimensions behind the batch. */
  def resultDepth(inner: Vector[Int]): Int = if (inner == Vector(1)) 0 else inner.size

  /** How deeply a column's arrays nest. */
  def depth(column: DataType): Int = column match {
    case ArrayType(element, _) => 1 + depth(element)
    case _ => 0
  }

  /**
   * The type that a column is cast to before it is encoded, or why it cannot be fed to this input.
   * A column is nested as the tensor is, or one flat array, or for `[batch, 1]` a number. Any
   * number is cast; nothing else is.
   */
  def encodedType(
      column: DataType,
      input: TensorSpec,
      inner: Vector[Int]
  ): Either[String, DataType] = {
    val element = elements(input.dtype)
    val scalar = if (inner == Vector(1)) Seq(0) else Nil
    val nestings = (inner.size +: 1 +: scalar).distinct.filter(_ <= inner.size)
    val isNumber = leaf(column).isInstanceOf[NumericType]
    if (isNumber && nestings.contains(depth(column))) Right(nested(element, depth(column)))
    else {
      val expected = nestings.map(n => nested(element, n).simpleString).mkString(" or ")
      Left(s"input ${input.describe} expected $expected, found ${column.simpleString}")
    }
  }

  private def leaf(column: DataType): DataType = column match {
    case ArrayType(element, _) => leaf(element)
    case other => other
  }

  private def nested(element: DataType, depth: Int): DataType =
    if (depth == 0) element else ArrayType(nested(element, depth - 1), containsNull = false)

  private val NoShape =
    "Export the model with a signature of that shape, such as float32 [None, 2]."

  private def refuse(model: ModelSpec, expected: String, tensor: TensorSpec, remedy: String) =
    throw new SignatureException(model.describe, expected, tensor.describe, remedy)
}
