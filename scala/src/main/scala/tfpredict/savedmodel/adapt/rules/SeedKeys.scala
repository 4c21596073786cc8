package tfpredict.savedmodel.adapt.rules

import scala.annotation.tailrec

import org.tensorflow.framework.DataType.{DT_INT64, DT_UINT64}
import org.tensorflow.framework.{DataType, NodeDef}

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}
import tfpredict.savedmodel.adapt.{ServingGraph, StateFlow, StatefulOps}

/**
 * Ops that draw numbers take a key and a counter in their second version, and a seed in their
 * first. The kernels of the first version compute the key and the counter from the seed. On a CPU,
 * `StatelessRandomGetKeyCounter` computes them with the same function. Source:
 * `tensorflow/core/kernels/stateless_random_ops.cc` and `stateless_random_ops_v2.cc`,
 * `GenerateKey`.
 */
private[savedmodel] object SeedKeys extends NodeRule {
  private val makers = Set("StatelessRandomGetKeyCounter", "StatelessRandomGetKeyCounterAlg")
  private val algorithms = Set("StatelessRandomGetAlg", "StatelessRandomGetKeyCounterAlg")

  override val ops: Set[String] = makers ++ algorithms
  override val why = "the op that draws makes the key of a seed"

  /** The node is removed if only ops with a rule use its outputs. */
  override def apply(node: NodeDef, scope: Scope): Verdict =
    if (scope.isResult(node) || scope.takers(node.getName).exists(isOther(_, node))) {
      Verdict.Refuse(s"op ${node.getOp}")
    } else new Fragment(node, scope).finish("NoOp")()

  // Whether an op without a rule uses an output, instead of only waiting.
  private def isOther(taker: NodeDef, node: NodeDef): Boolean =
    !Draws(taker.getOp) &&
      StateFlow.dataInputs(taker).exists(ServingGraph.nodeOf(_) == node.getName)

  /** Ops with a rule that use these outputs. */
  private val Draws: Set[String] = SeededDraws.ops ++ SeededBits.ofKeys

  /** The seed for an op of the first version and its dtype, or the reason why there is none. */
  def seed(
      node: NodeDef,
      key: String,
      counter: String,
      algorithm: String,
      scope: Scope,
      make: Fragment
  ): Either[String, (String, DataType)] =
    if (!isPhilox(algorithm, scope)) Left(s"op ${node.getOp} with another algorithm than Philox")
    else {
      val maker = scope.node(key).filter(maker => makers(maker.getOp))
      maker match {
        case Some(maker)
            if key == scope.reference(maker.getName, "key", 0) &&
              counter == after(maker, scope) =>
          Right((maker.getInput(0), maker.getAttrOrDefault("Tseed", kind(DT_INT64)).getType))
        case _ if isRandom(key, scope, Most) => Right((drawn(key, counter, make), DT_INT64))
        case _ =>
          Left(s"op ${node.getOp} with a key that is not made of a seed, but given or computed")
      }
    }

  // The reference to the counter, the second output.
  private def after(maker: NodeDef, scope: Scope): String =
    if (scope.function.isDefined) s"${maker.getName}:counter:0" else s"${maker.getName}:1"

  // 1 is Philox. 3 lets the device choose, and a CPU chooses Philox.
  private def isPhilox(algorithm: String, scope: Scope): Boolean =
    scope.node(algorithm).exists(node => algorithms(node.getOp)) ||
      scope.ints(algorithm).exists(found => found == Seq(1) || found == Seq(3))

  // A random key can serve as a seed, since it guarantees no particular numbers.
  private def drawn(key: String, counter: String, make: Fragment): String = {
    def long(input: String): String =
      make.add("Bitcast", "output", input)("T" -> kind(DT_UINT64), "type" -> kind(DT_INT64))
    def first(input: String): String =
      make.add("StridedSlice", "output", input, make.ints(0), make.ints(1), make.ints(1))(
        "T" -> kind(DT_INT64),
        "Index" -> kind(DataType.DT_INT32)
      )
    make.add("ConcatV2", "output", first(long(key)), first(long(counter)), make.int(0))(
      "N" -> number(2),
      "T" -> kind(DT_INT64),
      "Tidx" -> kind(DataType.DT_INT32)
    )
  }

  @tailrec private def isRandom(input: String, scope: Scope, steps: Int): Boolean =
    scope.node(input) match {
      case Some(node) if StatefulOps.isRandom(node)(scope.catalog) => true
      case Some(node) if steps > 0 && Passing(node.getOp) =>
        isRandom(node.getInput(0), scope, steps - 1)
      case _ => false
    }

  private val Passing = Set("Bitcast", "Identity", "Reshape", "Slice", "StridedSlice")

  // Maximum steps between the draw and the op. No real model has as many.
  private val Most = 20
}
