package tfpredict.tensor

/**
 * A tensor's element type, by TensorFlow's name and by its number in the SavedModel format. Which
 * of them map to a Spark type is said in one place, `columns.TensorTypes`.
 *
 * @param bytes
 *   size of one element; 0 where elements have no fixed size
 */
final case class DType private (name: String, number: Int, bytes: Int) {
  override def toString: String = name

  // The number says all, and it is asked for each element that is not copied in a block.
  override def equals(other: Any): Boolean = other match {
    case that: DType => number == that.number
    case _ => false
  }
  override def hashCode: Int = number
}

object DType {
  val Float32: DType = DType("float32", 1, 4)
  val Float64: DType = DType("float64", 2, 8)
  val Int32: DType = DType("int32", 3, 4)
  val UInt8: DType = DType("uint8", 4, 1)
  val Utf8: DType = DType("string", 7, 0)
  val Int64: DType = DType("int64", 9, 8)
  val Bool: DType = DType("bool", 10, 1)

  /** What a check in a graph says of a value that is not one of its dtype. */
  private[tfpredict] val Unheld = "which holds no such value"

  // The others, from tensorflow/core/framework/types.proto, so that a message can name them.
  private val others: Seq[DType] = Seq(
    DType("int16", 5, 2),
    DType("int8", 6, 1),
    DType("complex64", 8, 8),
    DType("bfloat16", 14, 2),
    DType("uint16", 17, 2),
    DType("complex128", 18, 16),
    DType("float16", 19, 2),
    DType("resource", 20, 0),
    DType("variant", 21, 0),
    DType("uint32", 22, 4),
    DType("uint64", 23, 8)
  )

  private val byNumber: Map[Int, DType] =
    (Seq(Float32, Float64, Int32, UInt8, Utf8, Int64, Bool) ++ others)
      .map(dtype => dtype.number -> dtype)
      .toMap

  /** The type with that number in the SavedModel format; an unknown number keeps it in its name. */
  def ofNumber(number: Int): DType = byNumber.getOrElse(number, DType(s"dtype#$number", number, 0))
}
