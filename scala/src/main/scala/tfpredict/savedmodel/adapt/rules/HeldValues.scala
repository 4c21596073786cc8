package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType
import org.tensorflow.framework.DataType._

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, kinds}
import tfpredict.tensor.DType

/** Whether another dtype holds all values of a tensor, and what fails where it does not. */
final private[rules] class HeldValues(make: Fragment, tensor: String, dtype: DataType) {
  private val ofDtype = "T" -> kind(dtype)

  /** Of integers. */
  def isWithin(low: Long, high: Long): String = {
    val isHigh = make.add("GreaterEqual", "z", tensor, number(low))(ofDtype)
    val isLow = make.add("LessEqual", "z", tensor, number(high))(ofDtype)
    everywhere(make.add("LogicalAnd", "z", isHigh, isLow)())
  }

  /** Of float32s that are infinite in the other dtype only where they are. */
  def isFinite(narrow: DataType): String = {
    val back = make.cast(make.cast(tensor, dtype, narrow), narrow, dtype)
    def finite(values: String) = make.add("IsFinite", "y", values)(ofDtype)
    everywhere(make.add("Equal", "z", finite(tensor), finite(back))("T" -> kind(DT_BOOL)))
  }

  /** What waits for the check waits for this. */
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
