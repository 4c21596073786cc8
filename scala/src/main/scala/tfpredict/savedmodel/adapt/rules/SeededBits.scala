package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.{DT_INT32, DT_INT64, DT_UINT64}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.kind

/**
 * Seeded integers over the complete range of their dtype. The runtime's op cannot draw these: it
 * takes a remainder, and the range has one number more than the largest divisor. The remainders by
 * the largest divisor and by the next smaller one together determine the number. Source:
 * `UniformDistribution` and `UniformFullIntDistribution` in
 * `tensorflow/core/lib/random/random_distributions.h`.
 */
private[savedmodel] object SeededBits extends NodeRule {
  private val OfSeed = "StatelessRandomUniformFullInt"

  /** Ops that take a key. */
  val ofKeys: Set[String] = Set("StatelessRandomUniformFullIntV2")

  override val ops: Set[String] = ofKeys + OfSeed
  override val why = "integers of a seed over the whole range are put together of two remainders"

  // inputs: shape, seed; or shape, key, counter, alg
  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val make = new Fragment(node, scope)
    val dtype = make.dtype("dtype", DT_UINT64).getType
    val seed =
      if (node.getOp == OfSeed) Right((make.inputs(1), make.dtype("Tseed", DT_INT64).getType))
      else SeedKeys.seed(node, make.inputs(1), make.inputs(2), make.inputs(3), scope, make)
    (seed, dtype) match {
      case (Left(odd), _) => Verdict.Refuse(odd)
      case (Right(seed), DT_INT32 | DT_INT64) => bits(node, make, seed, dtype)
      case _ => Verdict.Refuse(s"op ${node.getOp} of unsigned integers")
    }
  }

  // If the first remainder is 0, the number is 0, or the divisor itself. All bits of the divisor
  // are set, so it is -1 as a signed number. The second remainder is then 0 or 1.
  private def bits(
      node: NodeDef,
      make: Fragment,
      seed: (String, DataType),
      dtype: DataType
  ): Verdict = {
    val ofDtype = "T" -> kind(dtype)
    def number(value: Long) = if (dtype == DT_INT32) make.int(value.toInt) else make.long(value)
    val (least, most) =
      if (dtype == DT_INT32) (Int.MinValue.toLong, Int.MaxValue.toLong)
      else (Long.MinValue, Long.MaxValue)
    val ofShape = make.dtype(if (node.getOp == OfSeed) "T" else "Tshape", DT_INT32)
    // The remainder as an unsigned number.
    def remainder(end: Long) = {
      val drawn = make.add(
        "StatelessRandomUniformInt",
        "output",
        make.inputs.head,
        seed._1,
        number(least),
        number(end)
      )("dtype" -> kind(dtype), "T" -> ofShape, "Tseed" -> kind(seed._2))
      make.add("BitwiseXor", "z", drawn, number(least))(ofDtype)
    }
    val one = remainder(most)
    val other = remainder(most - 1)
    val isZero = make.add("Equal", "z", one, number(0))(ofDtype)
    val extreme = make.add("Neg", "y", other)(ofDtype)
    make.finish("Select", isZero, extreme, one)(ofDtype)
  }
}
