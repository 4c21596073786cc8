package tfpredict.tensor

/**
 * A tensor's element type, with TensorFlow's name and its number in the SavedModel format.
 * `columns.TensorTypes` maps it to a Spark type.
 *
 * @param name
 *   TensorFlow's name, such as `float32`
 * @param number
 *   the type's number in the SavedModel format
 * @param bytes
 *   size of one element in bytes; 0 if elements have no fixed size
 */
final case class DType private (name: String, number: Int, bytes: Int) {
  override def toString: String = name

  // Compares numbers only, since this runs for each element that is not copied in a block.
  override def equals(other: Any): Boolean = other match {
    case that: DType => number == that.number
    case _ => false
  }
  override def hashCode: Int = number
}

/** TensorFlow's element types. */
object DType {
  val Float32: DType = DType("float32", 1, 4)
  val Float64: DType = DType("float64", 2, 8)
  val Int32: DType = DType("int32", 3, 4)
  val UInt8: DType = DType("uint8", 4, 1)
  val Utf8: DType = DType("string", 7, 0)
  val Int64: DType = DType("int64", 9, 8)
  val Bool: DType = DType("bool", 10, 1)

  /** The message of a graph's check for a value outside its dtype's range. */
  private[tfpredict] val Unheld = "which holds no such value"

  // All other types of tensorflow/core/framework/types.proto, so that messages can name them.
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

  /**
   * Returns the type with this number in the SavedModel format. An unknown number becomes a part of
   * the name.
   */
  def ofNumber(number: Int): DType = byNumber.getOrElse(number, DType(s"dtype#$number", number, 0))
}
