package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType._

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds}
import tfpredict.tensor.DType

/** Checks that another dtype can represent all values of a tensor, and fails if not. */
final private[rules] class HeldValues(make: Fragment, tensor: String, dtype: DataType) {
  private val ofDtype = "T" -> kind(dtype)

  /** Whether all integers are in a range. */
  def isWithin(low: Long, high: Long): String = {
    val isHigh = make.add("GreaterEqual", "z", tensor, number(low))(ofDtype)
    val isLow = make.add("LessEqual", "z", tensor, number(high))(ofDtype)
    everywhere(make.add("LogicalAnd", "z", isHigh, isLow)())
  }

  /** Whether the conversion of float32s to the narrower dtype adds no infinities. */
  def isFinite(narrow: DataType): String = {
    val back = make.cast(make.cast(tensor, dtype, narrow), narrow, dtype)
    def finite(values: String) = make.add("IsFinite", "y", values)(ofDtype)
    everywhere(make.add("Equal", "z", finite(tensor), finite(back))("T" -> kind(DT_BOOL)))
  }

  /** A control input that fails if the flag is false. */
  def asserted(holds: String, what: String): String = {
    val words = make.text(s"$what, ${DType.Unheld}:")
    val name = make.addBare("Assert", holds, words, tensor)(
      "T" -> kinds(Seq(DT_STRING, dtype))
    )
    s"^$name"
  }

  private def number(value: Long): String =
    if (dtype == DT_INT64) make.long(value) else make.int(value.toInt)

  private def everywhere(flags: String): String = {
    val rank = make.add("Rank", "output", flags)("T" -> kind(DT_BOOL))
    val axes = make.add("Range", "output", make.int(0), rank, make.int(1))(
      "Tidx" -> kind(DT_INT32)
    )
    make.add("All", "output", flags, axes)("Tidx" -> kind(DT_INT32))
  }
}
