package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/** Builds element-wise formulas in one dtype. */
final private[rules] class Arithmetic(make: Fragment, dtype: DataType) {
  private val ofDtype = "T" -> kind(dtype)

  def unary(op: String, x: String): String = make.add(op, "y", x)(ofDtype)

  def binary(op: String, x: String, y: String): String = make.add(op, "z", x, y)(ofDtype)

  def plus(x: String, y: String): String = binary("AddV2", x, y)

  def minus(x: String, y: String): String = binary("Sub", x, y)

  def times(x: String, y: String): String = binary("Mul", x, y)

  def over(x: String, y: String): String = binary("RealDiv", x, y)

  /** All three arguments have the same shape. */
  def select(condition: String, yes: String, no: String): String =
    make.add("Select", "output", condition, yes, no)(ofDtype)

  def number(value: Double): String = make.real(value, dtype)

  /** Evaluates a polynomial by Horner's rule. The coefficient of the highest power comes first. */
  def polynomial(x: String, coefficients: Double*): String =
    coefficients.tail.foldLeft(number(coefficients.head))((sum, coefficient) =>
      plus(times(sum, x), number(coefficient))
    )
}
