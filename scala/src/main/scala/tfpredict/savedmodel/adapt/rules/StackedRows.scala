package tfpredict.savedmodel.adapt.rules

import org.tensorflow.framework.DataType.DT_INT32
import org.tensorflow.framework.NodeDef

import tfpredict.savedmodel.adapt.rules.Fragment.{kind, number}

/**
 * `ParallelConcat`, which `tf.parallel_stack` writes, copies rows into a tensor. It trusts its
 * attribute for the tensor's shape. Source: `inplace_ops.cc`, `parallel_concat_optimizer.cc`.
 */
private[savedmodel] object StackedRows extends NodeRule {
  override val ops: Set[String] = Set("ParallelConcat")
  override val why = "ParallelConcat is ConcatV2 of rows"

  override def apply(node: NodeDef, scope: Scope): Verdict = {
    val T = "T" -> node.getAttrOrThrow("T")
    node.getAttrOrThrow("N").getI match {
      case none if none < 1 => Verdict.Refuse("op ParallelConcat of no values")
      case 1 => new Fragment(node, scope).finish("Identity", node.getInput(0))(T)
      case count =>
        val make = Fragment.inLoop(node, scope)
        make.finish("ConcatV2", make.inputs :+ make.int(0): _*)(
          T,
          "N" -> number(count),
          "Tidx" -> kind(DT_INT32)
        )
    }
  }
}
