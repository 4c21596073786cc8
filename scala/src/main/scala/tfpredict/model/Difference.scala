package tfpredict.model

import tfpredict.tensor.{DType, HostTensor, NumberTensor, StringTensor}

/** How far apart two tensors are. */
private[tfpredict] object Difference {

  /**
   * The largest difference of any two elements: of floats relative to what was expected, where that
   * is over 1; of all others 0 where they are equal. Infinite where the tensors cannot be compared,
   * for their dtypes or shapes.
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

  // NaN is what was expected where NaN was; infinities have no difference but from all else.
  private def relative(found: Double, expected: Double): Double =
    if (found == expected || found.isNaN && expected.isNaN) 0.0
    else {
      val difference = math.abs(found - expected) / math.max(1.0, math.abs(expected))
      if (difference.isNaN) Double.PositiveInfinity else difference
    }
}
