package tfpredict.model

import tfpredict.tensor.{DType, HostTensor, NumberTensor, StringTensor}

/** The difference between two tensors. */
private[tfpredict] object Difference {

  /**
   * Returns the largest difference of any element. For floats it is relative to the expected value
   * if that is greater than 1. For other dtypes it is 0 for equal elements and infinite otherwise.
   * It is infinite too if the dtypes or shapes differ.
   */
  def between(found: HostTensor, expected: HostTensor): Double =
    if (found.dtype != expected.dtype || !found.shape.sameElements(expected.shape)) {
      Double.PositiveInfinity
    } else {
      val count = found.shape.product.toInt
      var largest = 0.0
      for (i <- 0 until count) largest = math.max(largest, element(found, expected, i))
      largest
    }

  private def element(found: HostTensor, expected: HostTensor, index: Int): Double =
    (found, expected) match {
      case (a: NumberTensor, b: NumberTensor) if isFloat(a.dtype) =>
        relative(float(a, index), float(b, index))
      case (a: NumberTensor, b: NumberTensor) =>
        val size = a.dtype.bytes
        val isSame = (0 until size).forall { k =>
          a.buffer.get(a.buffer.position() + index * size + k) ==
            b.buffer.get(b.buffer.position() + index * size + k)
        }
        if (isSame) 0.0 else Double.PositiveInfinity
      case (a: StringTensor, b: StringTensor) =>
        if (a(index).sameElements(b(index))) 0.0 else Double.PositiveInfinity
      case _ => Double.PositiveInfinity
    }

  private val isFloat = Set(DType.Float32, DType.Float64)

  private def float(tensor: NumberTensor, index: Int): Double = {
    val at = tensor.buffer.position() + index * tensor.dtype.bytes
    if (tensor.dtype == DType.Float32) tensor.buffer.getFloat(at).toDouble
    else tensor.buffer.getDouble(at)
  }

  // An expected NaN is matched by NaN, and an infinity only by an equal one.
  private def relative(found: Double, expected: Double): Double =
    if (found == expected || found.isNaN && expected.isNaN) 0.0
    else {
      val difference = math.abs(found - expected) / math.max(1.0, math.abs(expected))
      if (difference.isNaN) Double.PositiveInfinity else difference
    }
}
