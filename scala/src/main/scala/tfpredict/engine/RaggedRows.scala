package tfpredict.engine

import tfpredict.tensor.{DType, HostTensor, NumberTensor, RaggedTensor}

/**
 * Assembles one output with rows of different lengths from the tensors that a graph returns for it.
 */
private[engine] object RaggedRows {

  /** Returns none if the splits do not match the values, or each other. */
  def of(values: HostTensor, splits: Vector[HostTensor]): Option[RaggedTensor] = {
    val read = splits.map(ends)
    // Each level gives the number of rows of the next one. The innermost level gives the number of
    // elements.
    val sizes = read.tail.map(_.length - 1L) :+ values.shape.headOption.getOrElse(-1L)
    val fits = read.zip(sizes).forall { case (ends, size) => isComplete(ends, size) }
    if (fits) Some(new RaggedTensor(values, read)) else None
  }

  private def isComplete(ends: Array[Int], size: Long): Boolean =
    ends.nonEmpty && ends.head == 0 && ends.last == size &&
      (1 until ends.length).forall(index => ends(index - 1) <= ends(index))

  // Offsets fit an int, since an array has no more elements.
  private def ends(splits: HostTensor): Array[Int] = splits match {
    case numbers: NumberTensor if numbers.shape.length == 1 =>
      val buffer = numbers.buffer
      val start = buffer.position()
      val count = numbers.shape.head.toInt
      numbers.dtype match {
        case DType.Int32 => Array.tabulate(count)(index => buffer.getInt(start + 4 * index))
        case DType.Int64 => Array.tabulate(count)(index => buffer.getLong(start + 8 * index).toInt)
        case _ => Array.empty
      }
    case _ => Array.empty
  }
}
